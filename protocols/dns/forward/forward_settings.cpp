#include "protocols/dns/forward/forward_settings.hpp"

#include "config/address.hpp"
#include "config/host_port.hpp"
#include "protocols/endpoint_text.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <net/if.h>

namespace thence::dns {

namespace {

using config::Cursor;
using std::chrono::milliseconds;

constexpr std::uint16_t dns_port = 53;
constexpr milliseconds shortest_timeout(50);
constexpr milliseconds longest_timeout(5000);     // after that a question is given up
constexpr milliseconds longest_of_several(2500);  // leaves time for a second upstream
constexpr milliseconds usual_timeout(1000);
constexpr std::size_t most_outstanding = 100'000;
constexpr std::size_t most_cache = 4UL * 1024 * 1024 * 1024;
constexpr milliseconds longest_stale = std::chrono::hours(7 * 24);

/// Reads `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`.
std::optional<Endpoint> read_upstream(std::string_view text) {
  try {
    const auto [host, port, bracketed] = config::split_host_port(text);
    const auto address = config::parse_unicast(host);
    if (!address || (bracketed && address->is_v4())) return std::nullopt;
    return Endpoint(*address, port.value_or(dns_port));
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

bool is_interface_name(std::string_view text) noexcept {
  const auto is_odd = [](char each) { return each <= ' ' || each > '~' || each == '/' || each == ':'; };
  return !text.empty() && text.size() < IF_NAMESIZE && text != "." && text != ".." &&
         std::ranges::none_of(text, is_odd) && text.find_first_not_of("0123456789.") != std::string_view::npos;
}

std::vector<Endpoint> read_upstreams(const Cursor& at) {
  const std::string allowed = "1 to " + std::to_string(Forward::most_upstreams) +
                              " unicast addresses such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53";
  const auto elements = at.list();
  if (elements.empty() && (!at.present() || at.is_list())) at.wrong("names no upstream; allowed: " + allowed);
  if (elements.size() > Forward::most_upstreams) {
    at.wrong(std::to_string(elements.size()) + " upstreams; allowed: " + allowed);
  }
  const std::string is_none = "' is no upstream; allowed: " + allowed;
  std::vector<Endpoint> upstreams;
  for (const auto& element : elements) {
    const auto text = element.string();
    const auto upstream = read_upstream(text);
    if (!upstream) {
      if (!text.empty() || element.is("")) element.wrong(std::string("'").append(text).append(is_none));
    } else if (std::ranges::find(upstreams, *upstream) != upstreams.end()) {
      element.wrong(thence::text(*upstream) + " a second time; allowed: each upstream once");
    } else {
      upstreams.push_back(*upstream);
    }
  }
  return upstreams;
}

ForwardSource read_source(const Cursor& at, const std::vector<Endpoint>& upstreams) {
  if (!at.present()) return {};
  if (at.is("asked")) return {ForwardSource::Kind::asked};
  const auto text = at.string();
  if (const auto address = config::parse_unicast(text)) {
    const auto has_family = [&](const Endpoint& each) { return each.address().is_v4() == address->is_v4(); };
    if (!upstreams.empty() && std::ranges::none_of(upstreams, has_family)) {
      at.wrong(text + " cannot ask any of the upstreams; allowed: an address of the family of at least one");
    }
    return {ForwardSource::Kind::address, *address};
  }
  if (is_interface_name(text)) return {ForwardSource::Kind::interface, {}, text};
  if (!text.empty() || at.is("")) {
    at.wrong("'" + text + "' is no source; allowed: asked, a unicast address, or the name of an interface");
  }
  return {};
}

/// Whether a list really restricts the clients, beyond addresses that nobody would expect as clients.
bool is_list_of_clients(const config::PrefixList& list) noexcept {
  const auto is_everybody = [](const config::Prefix& each) { return each.length == 0; };
  return !list.included.empty() && std::ranges::none_of(list.included, is_everybody);
}

}  // namespace

std::optional<Forward> read_forward(const Cursor& at, const config::PrefixList* view_clients) {
  const auto told = at.problems().count();
  auto map = at.map();
  Forward forward;
  const auto zone = map["zone"];
  const auto name = zone.string();
  if (const auto parsed = name == "@" ? std::nullopt : Name::parse(name, Name()); parsed) {
    forward.zone = *parsed;
  } else if (!name.empty() || zone.is("")) {
    zone.wrong("'" + name + "' is not a domain name; allowed: such as example.com, or \".\" for all");
  }
  forward.upstreams = read_upstreams(map["to"]);
  forward.from = read_source(map["from"], forward.upstreams);
  const auto longest = forward.upstreams.size() > 1 ? longest_of_several : longest_timeout;
  forward.timeout = map["timeout"].duration(shortest_timeout, longest, usual_timeout);
  forward.clients = map["clients"].prefixes();
  forward.open = map["open"].boolean(false);
  map.close();
  if (at.problems().count() > told) return std::nullopt;
  const bool is_limited =
      is_list_of_clients(forward.clients) || (view_clients != nullptr && is_list_of_clients(*view_clients));
  if (forward.zone.labels() == 0 && !is_limited && !forward.open) {
    zone.wrong(
        "\".\" for everybody is an open resolver, which others use for attacks; allowed: with a list of clients that "
        "names some and not all, or with open: true");
    return std::nullopt;
  }
  return forward;
}

ForwardingLimits read_forwarding(const Cursor& at) {
  ForwardingLimits limits;
  auto map = at.map();
  limits.outstanding = map["outstanding"].number(1, most_outstanding, limits.outstanding);
  limits.outstanding_per_client =
      map["outstanding-per-client"].number(1, most_outstanding, limits.outstanding_per_client);
  limits.cache = map["cache"].size(0, most_cache, limits.cache);
  const auto stale = map["stale"].duration(milliseconds(0), longest_stale, limits.stale);
  limits.stale = std::chrono::duration_cast<std::chrono::seconds>(stale);
  map.close();
  return limits;
}

}  // namespace thence::dns
