#include "responder/probe/local_sources.hpp"

#include "responder/host/address.hpp"
#include "responder/probe/failure.hpp"
#include "responder/probe/host_port.hpp"

#include <algorithm>

namespace thence::probe {

namespace {

namespace ip = boost::asio::ip;

ip::scope_id_type scope_id_of(const ip::address& address) {
  return is_link_local(address) ? address.to_v6().scope_id() : 0;
}

bool reaches(const Interface& interface, const InterfaceAddress& own, const ip::address& server, bool server_is_local) {
  if (!interface.up || !own.usable || own.address.is_v4() != server.is_v4()) return false;
  if (is_link_local(own.address) != is_link_local(server)) return false;
  if (own.address.is_loopback() && !server_is_local) return false;
  return scope_id_of(server) == 0 || scope_id_of(server) == interface.index;
}

/// The addresses that --from allows.
class Wanted {
 public:
  Wanted(const InterfaceTable& interfaces, const std::optional<std::string>& from) {
    if (!from) return;
    for (const auto& each : interfaces) {
      if (each.name == *from) interface_ = each.index;
    }
    if (interface_) return;
    address_ = read_literal(*from);
    if (!address_)
      throw Failure(Status::usage, "--from '" + *from + "': is neither an address nor an interface of this host");
    if (!interfaces.is_local(without_scope(*address_)))
      throw Failure(Status::usage, "--from " + *from + ": this host has no such address");
  }

  bool has(const Interface& interface, const ip::address& address) const {
    if (interface_) return interface.index == *interface_;
    if (!address_) return true;
    return address == without_scope(*address_) &&
           (scope_id_of(*address_) == 0 || scope_id_of(*address_) == interface.index);
  }

  /// All of 127.0.0.0/8 belongs to this host, though no interface lists most of it.
  std::optional<ip::address> unlisted(const InterfaceTable& interfaces) const {
    if (!address_ || !address_->is_v4() || !address_->is_loopback()) return {};
    for (const auto& interface : interfaces) {
      for (const auto& own : interface.addresses) {
        if (own.address == *address_) return {};
      }
    }
    return address_;
  }

 private:
  std::optional<std::uint32_t> interface_;
  std::optional<ip::address> address_;
};

}  // namespace

std::vector<LocalSource> local_sources(const InterfaceTable& interfaces, const ip::address& server,
                                       const std::optional<std::string>& from) {
  const Wanted wanted(interfaces, from);
  const bool server_is_local = interfaces.is_local(without_scope(server));
  const auto unlisted = wanted.unlisted(interfaces);
  std::vector<LocalSource> sources;
  for (const auto& interface : interfaces) {
    for (const auto& own : interface.addresses) {
      if (!reaches(interface, own, server, server_is_local)) continue;
      if (wanted.has(interface, own.address)) {
        sources.push_back(
            {interface.name, with_scope(own.address, interface.index), with_scope(server, interface.index)});
      } else if (unlisted && own.address.is_loopback() && server_is_local) {
        sources.push_back({interface.name, *unlisted, server});
      }
    }
  }
  if (!sources.empty()) return sources;
  throw Failure(Status::no_answer, server.to_string() + ": no address " +
                                       (from ? "of --from " + *from : "of this host") +
                                       " can reach it: none is of its family, usable, and up");
}

}  // namespace thence::probe
