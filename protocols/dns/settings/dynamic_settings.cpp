#include "protocols/dns/settings/dynamic_settings.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

using config::Cursor;
using Kind = Dynamic::Kind;

constexpr std::uint64_t longest_ttl = 0x7FFFFFFF;  // RFC 2181 §8

Kind read_word(const Cursor& at) {
  return at.choice<Kind>({{"self", Kind::self}, {"client", Kind::client}, {"whoami", Kind::whoami}});
}

/// Seconds. Answers that depend on the request must not be cached; an interface may soon have another address;
/// addresses on a subnet change only with the configuration.
std::uint32_t usual_ttl(Kind kind) noexcept {
  switch (kind) {
    case Kind::interface:
      return 5;
    case Kind::nearest:
      return 60;
    default:
      return 0;
  }
}

std::uint32_t read_ttl(const Cursor& at, std::uint32_t usual) {
  return static_cast<std::uint32_t>(at.number(0, longest_ttl, usual));
}

std::vector<boost::asio::ip::address> read_addresses(const Cursor& at) {
  std::vector<boost::asio::ip::address> addresses;
  const auto elements = at.list();
  if (at.is_list() && (elements.empty() || elements.size() > Dynamic::most_addresses)) {
    at.wrong(std::to_string(elements.size()) + " addresses; allowed: 1 to " + std::to_string(Dynamic::most_addresses));
  }
  for (const auto& element : elements) {
    const auto address = element.address();
    if (!address) continue;
    if (std::ranges::count(addresses, *address) != 0) element.wrong("named twice; allowed: each address once");
    addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

Dynamic read_dynamic(const Cursor& at) {
  Dynamic dynamic;
  if (!at.is_map()) {
    dynamic.kind = read_word(at);
    dynamic.ttl = usual_ttl(dynamic.kind);
    return dynamic;
  }
  auto map = at.map();
  const auto tell = map["tell"];
  const auto interface = map["interface"];
  const auto nearest = map["nearest"];
  const auto subnet = map["subnet"];
  const auto only = map["only"];
  const auto all = map["all"];
  if (int{tell.present()} + int{interface.present()} + int{nearest.present()} != 1) {
    at.wrong("does not say what the name tells; allowed: exactly one of tell, interface, nearest");
  }
  if (tell.present()) dynamic.kind = read_word(tell);
  if (interface.present()) {
    dynamic.kind = Kind::interface;
    dynamic.interface = interface.string();
    if (dynamic.interface.empty()) interface.wrong("is empty; allowed: the name of an interface");
  }
  if (nearest.present()) {
    dynamic.kind = Kind::nearest;
    dynamic.addresses = read_addresses(nearest);
  }
  if (subnet.present() && dynamic.kind != Kind::client) subnet.wrong("means nothing here; allowed: with tell: client");
  if (only.present() && dynamic.kind != Kind::nearest) only.wrong("means nothing here; allowed: with nearest");
  const bool is_of_host = dynamic.kind == Kind::self || dynamic.kind == Kind::interface;
  if (all.present() && !is_of_host) all.wrong("means nothing here; allowed: with tell: self, or with interface");
  dynamic.subnet = subnet.boolean(false);
  dynamic.only = only.boolean(false);
  dynamic.all = all.boolean(false);
  dynamic.ttl = read_ttl(map["ttl"], usual_ttl(dynamic.kind));
  map.close();
  return dynamic;
}

std::optional<Reverse> read_reverse(const Cursor& at) {
  constexpr std::uint32_t usual = 60;
  if (!at.present()) return std::nullopt;
  auto map = at.is_map() ? std::optional(at.map()) : std::nullopt;
  const auto name_at = map ? (*map)["name"] : at;
  const auto text = name_at.string();
  const auto ttl = map ? read_ttl((*map)["ttl"], usual) : usual;
  const bool all = map && (*map)["all"].boolean(false);
  if (map) map->close();
  const auto target = text == "@" ? std::nullopt : Name::parse(text, Name());
  if (!target) {
    name_at.wrong("'" + text + "' is not a domain name; allowed: such as *.example.com, where * is the interface");
    return std::nullopt;
  }
  return Reverse{*target, ttl, all};
}

}  // namespace thence::dns
