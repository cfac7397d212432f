#include "protocols/dns/answer/dynamic_records.hpp"

#include "config/address.hpp"
#include "config/advertised.hpp"
#include "config/prefix.hpp"
#include "protocols/dns/answer/bounded_text.hpp"
#include "protocols/dns/answer/whoami.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/rdata.hpp"

#include <algorithm>
#include <cstring>

namespace thence::dns {

namespace {

using boost::asio::ip::address;
using config::is_link_local;
using config::known_as;

bool has(const Interface& interface, const address& wanted) noexcept {
  return std::ranges::any_of(interface.addresses, [&](const auto& each) { return each.address == wanted; });
}

/// The interface that has the address asked, which need not be the arrival interface.
const Interface* interface_asked(const Route& route, const InterfaceTable& interfaces) noexcept {
  const auto* const arrival = interfaces.find(route.interface);
  if (arrival != nullptr && has(*arrival, route.local.address())) return arrival;
  const auto found =
      std::ranges::find_if(interfaces, [&](const Interface& each) { return has(each, route.local.address()); });
  return found == interfaces.end() ? arrival : &*found;
}

bool is_on_subnet(const Interface& interface, const address& other) noexcept {
  return std::ranges::any_of(interface.addresses, [&](const InterfaceAddress& own) {
    return config::Prefix{config::masked(own.address, own.prefix_length), own.prefix_length}.covers(other);
  });
}

/// Calls `use` with the addresses of an interface that a name tells, those that last first.
template <typename Use>
void each_told(const Interface& interface, const Dynamic& dynamic, const Circumstances& asked,
               const Use& use) noexcept {
  for (const bool lasting : {true, false}) {
    for (const auto& own : interface.addresses) {
      if (own.lasting == lasting && !is_link_local(own.address) && asked.may_tell(own, dynamic.all)) use(own.address);
    }
  }
}

}  // namespace

DynamicRecords::DynamicRecords(const Dynamic& dynamic, std::uint16_t type, const Circumstances& asked) noexcept
    : type_(type), ttl_(dynamic.ttl) {
  if (type == type::any && dynamic.kind == Dynamic::Kind::whoami) {
    type_ = type::txt;
  } else if (type == type::any) {
    type_ = asked.route.local.address().is_v4() ? type::a : type::aaaa;
  }
  tell(dynamic, asked);
  if (type != type::any || count_ > 0) return;
  type_ = type_ == type::a ? type::aaaa : type::a;
  tell(dynamic, asked);
}

void DynamicRecords::tell(const Dynamic& dynamic, const Circumstances& asked) noexcept {
  if (type_ == type::txt) return tell_texts(dynamic, asked);
  switch (dynamic.kind) {
    case Dynamic::Kind::self:
      return tell_self(dynamic, asked);
    case Dynamic::Kind::client:
      return add(asked.route.peer.address());
    case Dynamic::Kind::whoami:
      return;
    case Dynamic::Kind::interface: {
      const auto named = std::ranges::find(asked.interfaces, dynamic.interface, &Interface::name);
      if (named == asked.interfaces.end() || !named->up) return;
      each_told(*named, dynamic, asked, [&](const address& own) { add(own); });
      return;
    }
    case Dynamic::Kind::nearest:
      return tell_nearest(dynamic, asked.interfaces.find(asked.route.interface));
  }
}

void DynamicRecords::tell_texts(const Dynamic& dynamic, const Circumstances& asked) noexcept {
  const auto& [query, route, cookie, interfaces, covered, advertised] = asked;
  const auto* const subnet = query.edns && query.edns->client_subnet ? &*query.edns->client_subnet : nullptr;
  BoundedText text;
  switch (dynamic.kind) {
    case Dynamic::Kind::self:
      text << Endpoint(known_as(route.local.address(), advertised), route.local.port()) << " "
           << interfaces.name(route.interface);
      return add(text.view());
    case Dynamic::Kind::client:
      add((text << route.peer).view());
      if (dynamic.subnet && subnet != nullptr && subnet->source > 0) {
        add((BoundedText() << *subnet).view());
        by_subnet_ = true;
      }
      return;
    case Dynamic::Kind::whoami:
      add(whoami_text(asked).view());
      add(whoami_json(asked).view());
      by_subnet_ = subnet != nullptr;
      return;
    default:
      return;
  }
}

/// A question for the other family gets the addresses on the same interface.
void DynamicRecords::tell_self(const Dynamic& dynamic, const Circumstances& asked) noexcept {
  const auto& local = asked.route.local.address();
  if (is_wanted(local)) return add(known_as(local, asked.advertised));
  const auto* const interface = interface_asked(asked.route, asked.interfaces);
  if (interface == nullptr) return;
  each_told(*interface, dynamic, asked, [&](const address& own) {
    if (own.is_loopback() == local.is_loopback()) add(known_as(own, asked.advertised));
  });
}

/// Those on the subnet come first; each group keeps the order of the settings.
void DynamicRecords::tell_nearest(const Dynamic& dynamic, const Interface* arrival) noexcept {
  const auto is_near = [&](const address& each) { return arrival != nullptr && is_on_subnet(*arrival, each); };
  for (const auto& each : dynamic.addresses) {
    if (is_wanted(each) && is_near(each)) add(each);
  }
  if (dynamic.only && count_ > 0) return;
  for (const auto& each : dynamic.addresses) {
    if (is_wanted(each) && !is_near(each)) add(each);
  }
}

bool DynamicRecords::is_wanted(const address& each) const noexcept {
  return type_ == (each.is_v4() ? type::a : type::aaaa);
}

/// Adds an address if it is of the requested family and not there yet.
void DynamicRecords::add(const address& each) noexcept {
  if (!is_wanted(each) || count_ == Dynamic::most_addresses) return;
  const auto add_bytes = [&](const auto& bytes) {
    const std::size_t size = record_head + bytes.size();
    for (std::size_t at = 0; at < size_; at += size) {
      if (std::equal(bytes.begin(), bytes.end(), octets_.data() + at + record_head)) return;
    }
    std::ranges::copy(bytes, next_rdata());
    add(bytes.size());
  };
  if (each.is_v4()) {
    add_bytes(each.to_v4().to_bytes());
  } else {
    add_bytes(each.to_v6().to_bytes());
  }
}

/// Adds a TXT record, in as many character-strings as it takes (RFC 1035 §3.3.14).
void DynamicRecords::add(std::string_view text) noexcept {
  std::uint8_t* at = next_rdata();
  std::size_t size = 0;
  do {
    const auto part = text.substr(0, longest_string);
    text.remove_prefix(part.size());
    at[size] = static_cast<std::uint8_t>(part.size());
    std::memcpy(at + size + 1, part.data(), part.size());
    size += 1 + part.size();
  } while (!text.empty());
  add(size);
}

void DynamicRecords::add(std::size_t rdata_size) noexcept {
  write_record_head(octets_.data() + size_, type_, ttl_, static_cast<std::uint16_t>(rdata_size));
  size_ += record_head + rdata_size;
  ++count_;
}

}  // namespace thence::dns
