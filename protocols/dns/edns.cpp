#include "protocols/dns/edns.hpp"

#include "protocols/dns/message.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

constexpr std::uint32_t dnssec_ok_bit = 0x8000;
constexpr std::uint16_t datagram_without_edns = 512;

}  // namespace

Edns read_opt(std::uint16_t rr_class, std::uint32_t ttl) noexcept {
  return {
      .payload = rr_class, .version = static_cast<std::uint8_t>(ttl >> 16U), .dnssec_ok = (ttl & dnssec_ok_bit) != 0};
}

bool are_options(Octets rdata) noexcept {
  while (!rdata.empty()) {
    if (rdata.size() < 4) return false;
    const std::size_t option = 4U + load16(rdata.data() + 2);
    if (rdata.size() < option) return false;
    rdata = rdata.subspan(option);
  }
  return true;
}

void write_opt(std::uint8_t* at, const Edns& query, std::uint16_t rcode) noexcept {
  at[0] = 0;
  store16(at + 1, type::opt);
  store16(at + 3, largest_datagram);
  store32(at + 5, std::uint32_t{rcode} >> 4U << 24U | (query.dnssec_ok ? dnssec_ok_bit : 0U));
  store16(at + 9, 0);
}

std::size_t datagram_limit(const std::optional<Edns>& query) noexcept {
  return query ? std::clamp(query->payload, datagram_without_edns, largest_datagram) : datagram_without_edns;
}

}  // namespace thence::dns
