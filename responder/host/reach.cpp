#include "responder/host/reach.hpp"

#include "responder/host/address.hpp"

#include <algorithm>

namespace thence {

namespace {

/// Whether the listener's sockets receive what arrives at an interface: those of a VRF do from its ports.
bool receives_at(const config::Listener& listener, const InterfaceTable& interfaces, const Interface& interface) {
  if (listener.device.empty() || interface.name == listener.device) return true;
  return interface.master != 0 && interfaces.name(interface.master) == listener.device;
}

}  // namespace

Reach reach(const config::Listener& listener, const ArrivalFilter& filter, const InterfaceTable& interfaces,
            const Interface& interface, const boost::asio::ip::address& address) {
  const auto arrives_at = [&](const Interface& each) {
    return filter.covers(address, each.index) && receives_at(listener, interfaces, each);
  };
  if (arrives_at(interface)) return Reach::own;
  if (address.is_loopback() || is_link_local(address)) return Reach::none;
  const bool beyond =
      std::ranges::any_of(interfaces, [&](const Interface& each) { return !each.loopback && arrives_at(each); });
  return beyond ? Reach::beyond : Reach::none;
}

}  // namespace thence
