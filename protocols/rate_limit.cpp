#include "protocols/rate_limit.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>
#include <bit>
#include <random>

namespace thence {

namespace {

constexpr std::uint64_t second = 1'000'000'000;  // nanoseconds
constexpr std::uint64_t most_per_second = 1'000'000;
constexpr std::size_t sets = RateLimit::prefixes / RateLimit::set_size;
static_assert(std::has_single_bit(sets));
constexpr unsigned set_bits = std::countr_zero(sets);
/// Bits before the IPv4 address in an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2).
constexpr unsigned mapped_bits = 96;

/// A 64-bit mask with the first bits set.
std::uint64_t leading(unsigned bits) noexcept {
  return bits == 0 ? 0 : ~std::uint64_t{0} << (64U - std::min(bits, 64U));
}

}  // namespace

std::optional<RateLimitSettings> read_rate_limit(const config::Cursor& at, bool slips) {
  if (!at.present()) return std::nullopt;
  auto map = at.map();
  RateLimitSettings settings;
  settings.per_second = static_cast<std::uint32_t>(map["per-second"].number(1, most_per_second));
  settings.slip = slips ? static_cast<std::uint32_t>(map["slip"].number(0, 10, 2)) : 0;
  settings.ipv4_prefix = static_cast<unsigned>(map["ipv4-prefix"].number(1, 32, settings.ipv4_prefix));
  settings.ipv6_prefix = static_cast<unsigned>(map["ipv6-prefix"].number(1, 128, settings.ipv6_prefix));
  map.close();
  return settings;
}

RateLimit::RateLimit(const RateLimitSettings& settings)
    : interval_(second / std::max(settings.per_second, 1U)),
      slip_(settings.slip),
      ipv4_mask_{leading(64), leading(mapped_bits + settings.ipv4_prefix - 64U)},
      ipv6_mask_{leading(settings.ipv6_prefix), settings.ipv6_prefix > 64 ? leading(settings.ipv6_prefix - 64U) : 0},
      places_(prefixes) {
  std::random_device random;
  const auto word = [&] { return std::uint64_t{random()} << 32U | random(); };
  key_ = {word() | 1U, word() | 1U};
}

RateLimit::Decision RateLimit::take(const boost::asio::ip::address& client, std::uint64_t now) noexcept {
  now *= 1000U;
  Place& place = place_of(prefix_of(client), now);
  if (place.whole_at < now || place.whole_at > now + second) place.whole_at = now;
  if (place.whole_at + interval_ <= now + second) {
    place.whole_at += interval_;
    return Decision::answer;
  }
  ++place.over;
  return slip_ != 0 && place.over % slip_ == 0 ? Decision::slip : Decision::drop;
}

RateLimit::Prefix RateLimit::prefix_of(const boost::asio::ip::address& client) const noexcept {
  if (client.is_v4()) {
    const Prefix mapped{0, std::uint64_t{0xFFFF} << 32U | client.to_v4().to_uint()};
    return {mapped.high & ipv4_mask_.high, mapped.low & ipv4_mask_.low};
  }
  const auto octets = client.to_v6().to_bytes();
  return {load64(octets.data()) & ipv6_mask_.high, load64(octets.data() + 8) & ipv6_mask_.low};
}

RateLimit::Place& RateLimit::place_of(const Prefix& prefix, std::uint64_t now) noexcept {
  // Multiplying by random odd numbers spreads prefixes well enough, and nobody who does not know the numbers can choose
  // prefixes that fall into one set.
  const std::uint64_t hash = prefix.high * key_.high + prefix.low * key_.low;
  const auto set = places_.begin() + static_cast<std::ptrdiff_t>((hash >> (64U - set_bits)) * set_size);
  const auto end = set + set_size;
  const auto found = std::find_if(set, end, [&](const Place& each) { return each.prefix == prefix; });
  if (found != end) return *found;
  const auto least = std::min_element(set, end, [](const Place& a, const Place& b) { return a.whole_at < b.whole_at; });
  *least = {prefix, now, 0};
  return *least;
}

}  // namespace thence
