#include "responder/socket/binding.hpp"

#include "protocols/arrival_filter.hpp"
#include "protocols/endpoint_text.hpp"
#include "responder/host/address.hpp"

#include <set>
#include <tuple>

namespace thence {

namespace {

namespace ip = boost::asio::ip;

}  // namespace

bool Binding::covers(const ip::address& local, std::uint32_t interface) const noexcept {
  if (wildcard()) return family == Family::dual_stack || (family == Family::ipv4) == local.is_v4();
  return address == with_scope(local, interface);
}

bool operator<(const Binding& a, const Binding& b) noexcept {
  return std::tie(a.transport, a.family, a.address, a.port, a.transparent) <
         std::tie(b.transport, b.family, b.address, b.port, b.transparent);
}

std::vector<Binding> wildcard_bindings(const config::Listener& listener, Transport transport, HostFamilies host) {
  const bool ipv4 = listener.ipv4 && host.ipv4;
  const bool ipv6 = listener.ipv6 && host.ipv6;
  const ip::address any_ipv6 = ip::address_v6::any();
  std::vector<Binding> all;
  const auto add = [&](Family family, const ip::address& address) {
    all.push_back({transport, family, address, listener.port, listener.transparent});
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
                                      const InterfaceTable& interfaces) {
  ArrivalFilter filter(listener.interfaces, listener.addresses);
  filter.update(interfaces);
  std::vector<Binding> all;
  std::set<ip::address> seen;
  for (const auto& interface : interfaces) {
    for (const auto& own : interface.addresses) {
      const bool ipv4 = own.address.is_v4();
      const bool serves = ipv4 ? listener.ipv4 && host.ipv4 : listener.ipv6 && host.ipv6;
      if (!serves || !own.usable || !filter.covers(own.address, interface.index)) continue;
      const Binding binding{transport, ipv4 ? Family::ipv4 : Family::ipv6, with_scope(own.address, interface.index),
                            listener.port, listener.transparent};
      // Several interfaces may have the same address.
      if (seen.insert(binding.address).second) all.push_back(binding);
    }
  }
  return all;
}

std::string text(const Binding& binding) {
  return std::string(name(binding.transport)) + ' ' + text(Endpoint(binding.address, binding.port));
}

}  // namespace thence
