#include "responder/admin/reload_watch.hpp"

#include <exception>
#include <stdexcept>

#include <boost/json.hpp>

namespace thence::admin {

namespace json = boost::json;

ReloadState read_reload_state(std::string_view status_json) try {
  const auto status = json::parse(status_json);
  const auto& reloads = status.at("reloads");
  return {json::value_to<int>(status.at("pid")),
          json::value_to<std::uint64_t>(reloads.at("asked")),
          json::value_to<std::uint64_t>(reloads.at("done")),
          json::value_to<bool>(reloads.at("busy")),
          json::value_to<bool>(reloads.at("last_refused")),
          json::value_to<std::vector<std::string>>(reloads.at("words"))};
} catch (const std::exception& error) {
  throw std::runtime_error(std::string("what answers where admin.listen says is no server of this version: ") +
                           error.what());
}

bool ReloadWatch::ended(const ReloadState& now) {
  if (now.asked <= asked_before_) return false;
  if (!done_at_first_) done_at_first_ = now.done;
  // If others request reloads too, the server may never be seen idle: then two must end, the one that was in progress
  // and the one after it.
  return !now.busy || now.done >= *done_at_first_ + 2;
}

}  // namespace thence::admin
