#include "protocols/dns/wire/edns.hpp"

#include "protocols/dns/wire/type.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

constexpr std::uint32_t dnssec_ok_bit = 0x8000;
constexpr std::uint16_t datagram_without_edns = 512;

/// @return whether the option is well-formed, as far as can be checked here
bool read_option(std::uint16_t code, Octets data, Edns& edns) noexcept {
  switch (code) {
    case option::nsid:
      // The client's data has no meaning (RFC 5001 §2.1).
      edns.nsid = true;
      return true;
    case option::cookie:
      if (!edns.cookie) edns.cookie = data;
      return true;
    case option::client_subnet:
      if (!edns.client_subnet) edns.client_subnet = read_client_subnet(data);
      return edns.client_subnet.has_value();
    default:
      return true;
  }
}

}  // namespace

Edns read_opt(std::uint16_t rr_class, std::uint32_t ttl) noexcept {
  Edns edns;
  edns.payload = rr_class;
  edns.version = static_cast<std::uint8_t>(ttl >> 16U);
  edns.dnssec_ok = (ttl & dnssec_ok_bit) != 0;
  return edns;
}

bool read_options(Octets rdata, Edns& edns) noexcept {
  edns.options = rdata;
  while (!rdata.empty()) {
    if (rdata.size() < option_head) return false;
    const std::size_t size = load16(rdata.data() + 2);
    if (rdata.size() < option_head + size) return false;
    if (!read_option(load16(rdata.data()), rdata.subspan(option_head, size), edns)) return false;
    rdata = rdata.subspan(option_head + size);
  }
  return true;
}

void write_opt(std::uint8_t* at, const Edns& query, std::uint16_t rcode, std::size_t options) noexcept {
  at[0] = 0;
  store16(at + 1, type::opt);
  store16(at + 3, largest_datagram);
  store32(at + 5, std::uint32_t{rcode} >> 4U << 24U | (query.dnssec_ok ? dnssec_ok_bit : 0U));
  store16(at + 9, static_cast<std::uint16_t>(options));
}

std::size_t datagram_limit(const std::optional<Edns>& query) noexcept {
  return query ? std::clamp(query->payload, datagram_without_edns, largest_datagram) : datagram_without_edns;
}

}  // namespace thence::dns
