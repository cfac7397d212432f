#include "responder/command/served_json.hpp"

#include <boost/json.hpp>

namespace thence {

boost::json::array listeners_json(const ServedAddress& served) {
  boost::json::array listeners;
  for (const auto* const listener : served.listeners) {
    boost::json::array transports;
    if (listener->udp) transports.emplace_back("udp");
    if (listener->tcp) transports.emplace_back("tcp");
    listeners.push_back(boost::json::object{{"port", listener->port},
                                            {"protocols", boost::json::value_from(listener->protocols)},
                                            {"transports", std::move(transports)}});
  }
  return listeners;
}

}  // namespace thence
