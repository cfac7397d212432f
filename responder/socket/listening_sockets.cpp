#include "responder/socket/listening_sockets.hpp"

#include "protocols/arrival_filter.hpp"
#include "protocols/endpoint_text.hpp"
#include "responder/host/address.hpp"

#include <algorithm>
#include <utility>

namespace thence {

namespace {

using Bound = std::variant<BoundUdp, BoundTcp>;

/// What the user can do about it.
std::string advice(const Binding& binding, const std::error_code& error) {
  if (error == std::errc::address_in_use) {
    return "; another program has that port (to find it: ss -lnptu 'sport = :" + std::to_string(binding.port) + "')";
  }
  if (error == std::errc::permission_denied) {
    return "; a port below 1024 needs the capability CAP_NET_BIND_SERVICE, which is kept only if the server starts "
           "with such a port";
  }
  if (error == std::errc::operation_not_permitted && binding.transparent) {
    return "; transparent: true needs the capability CAP_NET_ADMIN or CAP_NET_RAW";
  }
  return "";
}

std::string reason(const Binding& binding, const std::error_code& error) {
  return "cannot serve " + text(binding) + ": " + error.message() + advice(binding, error);
}

/// Whether the error may be temporary rather than a configuration mistake: another program has the port, or the address
/// or interface is just being removed.
bool may_pass(const std::error_code& error) {
  return error == std::errc::address_in_use || error == std::errc::address_not_available ||
         error == std::errc::no_such_device;
}

/// Whether some request could be delivered to either socket.
bool overlap(const Binding& a, const Binding& b) {
  if (a.transport != b.transport || a.port != b.port) return false;
  if (a.device_index != 0 && b.device_index != 0 && a.device_index != b.device_index) return false;
  if (!a.wildcard() && !b.wildcard()) return a.address == b.address;
  return a.covers(b.address, 0) || b.covers(a.address, 0);
}

/// Whether some request could be delivered to either socket.
/// @param other address of another program's socket with the same transport and port
bool overlap(const Binding& binding, const boost::asio::ip::address& other) {
  if (binding.wildcard()) return binding.covers(other, 0);
  // The system does not list whether a socket on :: also receives IPv4.
  if (other.is_unspecified()) return other.is_v4() == binding.address.is_v4();
  return without_scope(binding.address) == other;
}

}  // namespace

ListeningSockets::ListeningSockets(std::vector<boost::asio::any_io_executor> workers, HostFamilies host,
                                   InheritedSockets inherited)
    : workers_(std::move(workers)), host_(host), inherited_(std::move(inherited)) {}

ListeningSockets::Prepared ListeningSockets::prepare(const std::vector<config::Listener>& listeners,
                                                     const InterfaceTable& interfaces, Replaced replaced) {
  Prepared prepared;
  for (std::size_t number = 0; number < listeners.size(); ++number) {
    const auto& listener = listeners[number];
    if (wildcard_bindings(listener, Transport::udp, host_).empty()) {
      prepared.refusals.push_back("cannot serve port " + std::to_string(listener.port) +
                                  ": this host has none of its families");
    }
    for (const auto transport : all_transports) {
      if (!listener.transports.contains(transport)) continue;
      if (!has_device(prepared, listener, transport, interfaces)) continue;
      if (listener.bind == config::Bind::addresses) {
        prepare_addresses(prepared, number, address_bindings(listener, transport, host_, interfaces), {});
      } else {
        prepare_wildcards(prepared, replaced, number, listener, transport, interfaces);
      }
    }
  }
  for (const auto& [binding, number] : prepared.listeners) {
    if (is_datagram(binding.transport) || inherited_.find(binding)) continue;
    prepared.arrivals.emplace(binding, arrivals(listeners[number], binding, interfaces));
  }
  return prepared;
}

bool ListeningSockets::has_device(Prepared& prepared, const config::Listener& listener, Transport transport,
                                  const InterfaceTable& interfaces) const {
  if (listener.device.empty()) return true;
  bool has = true;
  for (const auto& each : wildcard_bindings(listener, transport, host_, interfaces)) {
    has = has && each.device_index != 0;
    if (!has) prepared.missing[each] = std::make_error_code(std::errc::no_such_device).message();
  }
  return has;
}

std::vector<std::uint32_t> ListeningSockets::arrivals(const config::Listener& listener, const Binding& binding,
                                                      const InterfaceTable& interfaces) const {
  // What is bound to a device, as a link-local address is, stays there.
  if (listener.egress != config::Egress::arrival || !listener.device.empty() || is_link_local(binding.address))
    return {};
  ArrivalFilter filter(listener.interfaces, {});
  filter.update(interfaces);
  std::vector<std::uint32_t> indexes;
  for (const auto& each : interfaces) {
    // To the system, what comes in by a port of a bridge, a bond or a VRF comes in there.
    const bool is_way_in = !each.loopback && each.master == 0;
    if (is_way_in && filter.covers(binding.address, each.index)) indexes.push_back(each.index);
  }
  return indexes;
}

void ListeningSockets::prepare_wildcards(Prepared& prepared, Replaced replaced, std::size_t number,
                                         const config::Listener& listener, Transport transport,
                                         const InterfaceTable& interfaces) {
  for (const auto& wildcard : wildcard_bindings(listener, transport, host_, interfaces)) {
    std::error_code error = std::make_error_code(std::errc::address_in_use);
    if (replaced == Replaced::try_again || !replaced_.contains(wildcard)) error = open(prepared, wildcard, number);
    if (!error) continue;
    // A socket bound to an address receives nothing sent to other addresses, broadcast or multicast.
    if (error != std::errc::address_in_use || listener.transparent || listener.broadcast) {
      prepared.refusals.push_back(reason(wildcard, error));
      continue;
    }
    auto addresses = address_bindings(listener, transport, host_, interfaces, Addresses::all_that_arrive);
    std::erase_if(addresses, [&](const Binding& each) { return !wildcard.covers(each.address, 0); });
    prepared.replaced.insert(wildcard);
    prepare_addresses(prepared, number, addresses, error);
    if (std::ranges::none_of(addresses, [&](const auto& each) { return prepared.listeners.contains(each); })) {
      prepared.refusals.push_back(reason(wildcard, error));
    }
  }
}

void ListeningSockets::prepare_addresses(Prepared& prepared, std::size_t number, const std::vector<Binding>& wanted,
                                         std::error_code wildcard_error) {
  std::size_t open_now = 0;
  for (const auto& binding : wanted) {
    const auto error = open(prepared, binding, number);
    if (!error) {
      ++open_now;
      continue;
    }
    prepared.missing[binding] = error.message();
    if (!may_pass(error)) prepared.refusals.push_back(reason(binding, error));
  }
  if (wildcard_error || open_now > 0 || wanted.empty()) return;
  // If none could be opened, the cause is a mistake rather than another program.
  prepared.refusals.push_back("cannot serve " + text(wanted.front()) +
                              ", nor any other address: " + prepared.missing[wanted.front()]);
}

std::error_code ListeningSockets::open(Prepared& prepared, const Binding& binding, std::size_t number) {
  if (!open_.contains(binding)) {
    const auto attempt = [&](Share share) -> std::error_code {
      try {
        prepared.opened.emplace(binding, open_on_all(binding, share));
        return {};
      } catch (const boost::system::system_error& failure) {
        return failure.code();
      }
    };
    auto error = attempt(Share::first);
    // If only our own sockets are in the way, share the port with them; never with another program's.
    if (error == std::errc::address_in_use && shares_with_own(prepared, binding)) {
      if (!prepared.owners) prepared.owners.emplace();
      const auto others = prepared.owners->others(binding.transport, binding.port);
      if (std::ranges::none_of(others, [&](const auto& other) { return overlap(binding, other); })) {
        error = attempt(Share::sibling);
      }
    }
    if (error) return error;
  }
  prepared.listeners.emplace(binding, number);
  return {};
}

bool ListeningSockets::shares_with_own(const Prepared& prepared, const Binding& binding) const {
  const auto is_near = [&](const auto& own) { return overlap(own.first, binding); };
  return std::ranges::any_of(open_, is_near) || std::ranges::any_of(closed_, is_near) ||
         std::ranges::any_of(prepared.opened, is_near);
}

std::vector<Bound> ListeningSockets::open_on_all(const Binding& binding, Share first) {
  std::vector<Bound> opened;
  const auto inherited = inherited_.find(binding);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const auto share = i == 0 ? first : Share::sibling;
    if (is_datagram(binding.transport)) {
      auto socket = inherited ? share_udp(workers_[i], binding, *inherited) : open_udp(workers_[i], binding, share);
      opened.emplace_back(BoundUdp{std::move(socket), binding, inherited || i == 0, inherited.has_value()});
    } else {
      auto acceptor = inherited ? share_tcp(workers_[i], binding, *inherited) : open_tcp(workers_[i], binding, share);
      opened.emplace_back(BoundTcp{std::move(acceptor), binding, inherited.has_value()});
    }
  }
  return opened;
}

std::vector<SocketChange> ListeningSockets::take(Prepared prepared) {
  std::vector<SocketChange> changes(workers_.size());
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(closed_, [&](const auto& each) { return each.second < now - 2 * retirement_at_most; });
  for (const auto& [binding, number] : open_) {
    if (!prepared.listeners.contains(binding)) closed_[binding] = now;
  }
  open_ = prepared.listeners;
  for (auto& [binding, sockets] : prepared.opened) {
    for (std::size_t i = 0; i < sockets.size(); ++i) changes[i].opened.push_back(std::move(sockets[i]));
  }
  replaced_ = std::move(prepared.replaced);
  incomplete_ = false;
  auto& wanted = prepared.arrivals;
  for (auto& [binding, interfaces] : wanted) {
    if (!has_company(binding)) continue;
    incomplete_ = incomplete_ || !interfaces->empty();
    interfaces.reset();
  }
  for (const auto& [binding, handle] : arrivals_.update(wanted, static_cast<std::uint32_t>(workers_.size()))) {
    std::size_t accepting = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      try {
        changes[i].opened.emplace_back(BoundTcp{share_tcp(workers_[i], binding, handle), binding, true});
        ++accepting;
      } catch (const boost::system::system_error&) {  // out of descriptors: another worker may do
      }
    }
    if (accepting == 0) arrivals_.leave(binding);
  }
  for (auto& change : changes) change.listeners = all_open();
  return changes;
}

bool ListeningSockets::has_company(const Binding& binding) const {
  const auto since = std::chrono::steady_clock::now() - ArrivalSockets::after_the_workers;
  return std::ranges::any_of(closed_, [&](const auto& each) {
    const auto& [closed, when] = each;
    return when > since && closed.transport == binding.transport && closed.family == binding.family &&
           closed.address == binding.address && closed.port == binding.port;
  });
}

/// The sockets of an interface serve as the others on their address and port.
std::map<Binding, std::size_t> ListeningSockets::all_open() const {
  auto all = open_;
  for (const auto& each : arrivals_.bindings()) {
    auto beside = each;
    beside.arrival = 0;
    if (const auto found = open_.find(beside); found != open_.end()) all.emplace(each, found->second);
  }
  return all;
}

std::vector<SocketChange> ListeningSockets::give_back(Prepared&& prepared) {
  std::vector<SocketChange> changes(workers_.size());
  for (auto& change : changes) change.listeners = all_open();
  for (auto& [binding, sockets] : prepared.opened) {
    closed_[binding] = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < sockets.size(); ++i) changes[i].opened.push_back(std::move(sockets[i]));
  }
  return changes;
}

std::vector<std::string> ListeningSockets::unused_inherited() const {
  std::vector<std::string> unused;
  for (const auto& binding : inherited_.bindings()) {
    const bool is_used =
        std::ranges::any_of(open_, [&](const auto& each) { return InheritedSockets::serves(binding, each.first); });
    if (!is_used) unused.push_back(text(binding));
  }
  return unused;
}

std::vector<std::string> ListeningSockets::words(const Prepared& prepared) {
  std::vector<std::string> words;
  for (const auto& [binding, number] : prepared.listeners) words.push_back(text(binding));
  for (const auto& binding : prepared.replaced) {
    words.push_back(
        text(binding) +
        " cannot be had, because another program has that port on an address: using one socket for each other address");
  }
  for (const auto& [binding, why] : prepared.missing) words.push_back(text(binding) + " is left out: " + why);
  words.insert(words.end(), prepared.refusals.begin(), prepared.refusals.end());
  return words;
}

}  // namespace thence
