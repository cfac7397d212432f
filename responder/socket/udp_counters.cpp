#include "responder/socket/udp_counters.hpp"

#include "responder/host/error_name.hpp"

#include <string>

namespace thence {

UdpCounters::UdpCounters(Counters& all)
    : received(all["udp.received"]), answered(all["udp.answered"]), deferred(all["udp.deferred"]), all_(&all) {
  for (std::size_t i = 1; i < drop_causes; ++i) {
    dropped_[i] = &all[std::string("udp.dropped.") + name(static_cast<Drop>(i))];
  }
}

Counter& UdpCounters::send_error(int error) {
  const auto last = send_errors_.size() - 1;
  const auto slot = error > 0 && static_cast<std::size_t>(error) < last ? static_cast<std::size_t>(error) : last;
  if (send_errors_[slot] == nullptr) {
    send_errors_[slot] = &(*all_)["udp.send-error." + (slot == last ? std::string("other") : errno_name(error))];
  }
  return *send_errors_[slot];
}

const char* name(Drop cause) noexcept {
  switch (cause) {
    case Drop::none:
      return "none";
    case Drop::truncated:
      return "truncated";
    case Drop::no_packet_information:
      return "no-packet-information";
    case Drop::unspecified_source:
      return "unspecified-source";
    case Drop::excluded:
      return "excluded";
    case Drop::broadcast:
      return "broadcast";
    case Drop::no_source:
      return "no-source";
    case Drop::unclaimed:
      return "unclaimed";
    case Drop::not_served:
      return "not-served";
    case Drop::given_up:
      return "given-up";
    case Drop::proxy_header:
      return "proxy-header";
    case Drop::proxy_not_trusted:
      return "proxy-not-trusted";
    case Drop::copy:
      return "copy";
  }
  return "?";
}

}  // namespace thence
