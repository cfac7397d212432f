#include "responder/command/served_json.hpp"

#include <boost/json.hpp>

namespace thence {

boost::json::array listeners_json(const ServedAddress& served) {
  boost::json::array listeners;
  for (const auto* const listener : served.listeners) {
    for (const auto& [spoken, protocols] : by_transports(*listener)) {
      boost::json::array transports;
      for (const auto transport : all_transports) {
        if (spoken.contains(transport)) transports.emplace_back(name(transport));
      }
      listeners.push_back(boost::json::object{{"port", listener->port},
                                              {"protocols", boost::json::value_from(protocols)},
                                              {"transports", std::move(transports)}});
    }
  }
  return listeners;
}

boost::json::array elsewhere_json(const ServedAddress& served) {
  boost::json::array all;
  for (const auto& [views, interfaces, unnamed] : served.elsewhere) {
    all.push_back(boost::json::object{{"interfaces", boost::json::value_from(interfaces)},
                                      {"more", unnamed},
                                      {"views", boost::json::value_from(views)}});
  }
  return all;
}

}  // namespace thence
