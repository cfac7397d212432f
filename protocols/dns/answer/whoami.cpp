#include "protocols/dns/answer/whoami.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

std::string_view name(CookieStanding cookie) noexcept {
  switch (cookie) {
    case CookieStanding::client_only:
      return "client";
    case CookieStanding::bad:
      return "bad";
    case CookieStanding::good:
      return "good";
    case CookieStanding::absent:
    case CookieStanding::malformed:
      break;
  }
  return "";
}

BoundedText size_of(const std::optional<Edns>& edns) noexcept {
  return edns ? BoundedText() << unsigned{edns->payload} : BoundedText();
}

BoundedText subnet_of(const std::optional<Edns>& edns) noexcept {
  const bool is_there = edns && edns->client_subnet && edns->client_subnet->family != ClientSubnet::none;
  return is_there ? BoundedText() << *edns->client_subnet : BoundedText();
}

/// A JSON string, escaped as the kernel allows almost any interface name.
BoundedText quoted(std::string_view text) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  BoundedText quoted;
  quoted << "\"";
  for (const char& letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (code < ' ' || code > '~' || letter == '"' || letter == '\\') {
      quoted << "\\u00" << digits.substr(code >> 4U, 1) << digits.substr(code & 0x0FU, 1);
    } else {
      quoted << std::string_view(&letter, 1);
    }
  }
  return quoted << "\"";
}

std::string_view or_none(const BoundedText& text) noexcept { return text.view().empty() ? "none" : text.view(); }

/// @param word empty, or text that needs no escaping
BoundedText or_null(std::string_view word) noexcept {
  return word.empty() ? BoundedText() << "null" : BoundedText() << "\"" << word << "\"";
}

}  // namespace

BoundedText whoami_text(const Circumstances& asked) noexcept {
  const auto& [query, route, cookie, interfaces, covered, advertised] = asked;
  const auto standing = name(cookie);
  return BoundedText() << "client=" << route.peer << " local=" << route.local
                       << " interface=" << interfaces.name(route.interface)
                       << " transport=" << thence::name(route.transport) << " edns=" << or_none(size_of(query.edns))
                       << " subnet=" << or_none(subnet_of(query.edns))
                       << " cookie=" << (standing.empty() ? "none" : standing);
}

BoundedText whoami_json(const Circumstances& asked) noexcept {
  const auto& [query, route, cookie, interfaces, covered, advertised] = asked;
  const auto size = size_of(query.edns);
  return BoundedText() << R"({"client":")" << route.peer.address() << R"(","client-port":)"
                       << unsigned{route.peer.port()} << R"(,"local":")" << route.local.address()
                       << R"(","local-port":)" << unsigned{route.local.port()} << R"(,"interface":)"
                       << quoted(interfaces.name(route.interface)).view() << R"(,"transport":")"
                       << thence::name(route.transport) << R"(","edns":)"
                       << (size.view().empty() ? "null" : size.view()) << R"(,"subnet":)"
                       << or_null(subnet_of(query.edns).view()).view() << R"(,"cookie":)"
                       << or_null(name(cookie)).view() << "}";
}

ClientPort::ClientPort(Octets name, const Route& route) noexcept : name_size_(label_size + name.size()) {
  constexpr std::string_view udp = "\4_udp";
  constexpr std::string_view tcp = "\4_tcp";
  std::ranges::copy(is_datagram(route.transport) ? udp : tcp, name_.begin());
  std::ranges::copy(name, name_.begin() + label_size);
  write_record_head(record_.data(), type::srv, 0, 7);
  std::uint8_t* const rdata = record_.data() + record_head;
  store16(rdata, 0);
  store16(rdata + 2, 0);
  store16(rdata + 4, route.peer.port());
  rdata[6] = 0;
}

}  // namespace thence::dns
