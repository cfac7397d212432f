#include "responder/socket/binding.hpp"

#include "protocols/arrival_filter.hpp"
#include "protocols/endpoint_text.hpp"
#include "responder/host/address.hpp"
#include "responder/host/reach.hpp"

#include <set>
#include <tuple>

namespace thence {

namespace {

namespace ip = boost::asio::ip;

std::uint32_t index_of(const std::string& device, const InterfaceTable& interfaces) noexcept {
  for (const auto& each : interfaces) {
    if (!device.empty() && each.name == device) return each.index;
  }
  return 0;
}

}  // namespace

bool Binding::covers(const ip::address& local, std::uint32_t interface) const noexcept {
  if (wildcard()) return family == Family::dual_stack || (family == Family::ipv4) == local.is_v4();
  return address == with_scope(local, interface);
}

bool operator<(const Binding& a, const Binding& b) noexcept {
  return std::tie(a.transport, a.family, a.address, a.port, a.transparent, a.device, a.device_index, a.arrival) <
         std::tie(b.transport, b.family, b.address, b.port, b.transparent, b.device, b.device_index, b.arrival);
}

std::vector<Binding> wildcard_bindings(const config::Listener& listener, Transport transport, HostFamilies host,
                                       const InterfaceTable& interfaces) {
  const bool ipv4 = listener.ipv4 && host.ipv4;
  const bool ipv6 = listener.ipv6 && host.ipv6;
  const ip::address any_ipv6 = ip::address_v6::any();
  const auto device = index_of(listener.device, interfaces);
  std::vector<Binding> all;
  const auto add = [&](Family family, const ip::address& address) {
    all.push_back({transport, family, address, listener.port, listener.transparent, listener.device, device});
  };
  if (listener.bind == config::Bind::dual_stack && ipv6) {
    add(Family::dual_stack, any_ipv6);
  } else {
    if (ipv4) add(Family::ipv4, ip::address_v4::any());
    if (ipv6) add(Family::ipv6, any_ipv6);
  }
  return all;
}

std::vector<Binding> address_bindings(const config::Listener& listener, Transport transport, HostFamilies host,
                                      const InterfaceTable& interfaces, Addresses which) {
  const auto device = index_of(listener.device, interfaces);
  if (device == 0 && !listener.device.empty()) return {};
  ArrivalFilter filter(listener.interfaces, listener.addresses);
  filter.update(interfaces);
  std::vector<Binding> all;
  std::set<ip::address> seen;
  for (const auto& interface : interfaces) {
    for (const auto& own : interface.addresses) {
      const bool ipv4 = own.address.is_v4();
      const bool serves = ipv4 ? listener.ipv4 && host.ipv4 : listener.ipv6 && host.ipv6;
      if (!serves || !own.usable) continue;
      const auto reached = reach(listener, filter, interfaces, interface, own.address);
      // Another program may count on an address of an interface that the listener excludes.
      const bool beyond = interface.loopback || which == Addresses::all_that_arrive;
      if (reached == Reach::none || (reached == Reach::beyond && !beyond)) continue;
      const Binding binding{transport,
                            ipv4 ? Family::ipv4 : Family::ipv6,
                            with_scope(own.address, interface.index),
                            listener.port,
                            listener.transparent,
                            listener.device,
                            device};
      // Several interfaces may have the same address.
      if (seen.insert(binding.address).second) all.push_back(binding);
    }
  }
  return all;
}

std::string text(const Binding& binding) {
  auto at = text(Endpoint(binding.address, binding.port));
  // As ss(8) writes it.
  if (!binding.device.empty()) at.insert(at.rfind(':'), '%' + binding.device);
  return std::string(name(binding.transport)) + ' ' + at;
}

}  // namespace thence
