#include "config/prefix.hpp"

#include "config/address.hpp"

#include <algorithm>
#include <charconv>

namespace thence::config {

namespace {

namespace ip = boost::asio::ip;

template <typename Bytes>
Bytes without_host(Bytes bytes, unsigned bits) noexcept {
  for (auto& byte : bytes) {
    const unsigned kept = std::min(bits, 8U);
    byte = static_cast<unsigned char>(byte & (0xFF00U >> kept));
    bits -= kept;
  }
  return bytes;
}

unsigned bits_of(const ip::address& address) noexcept { return address.is_v4() ? 32 : 128; }

bool is_within(const std::vector<Prefix>& prefixes, const ip::address& address) noexcept {
  return std::ranges::any_of(prefixes, [&](const Prefix& each) { return each.covers(address); });
}

}  // namespace

ip::address masked(const ip::address& address, unsigned bits) noexcept {
  if (address.is_v4()) return ip::address_v4(without_host(address.to_v4().to_bytes(), bits));
  return ip::address_v6(without_host(address.to_v6().to_bytes(), bits));
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const auto slash = text.find('/');
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
  if (error || text.find('%') != std::string_view::npos) return std::nullopt;
  if (is_v4_mapped(address)) return std::nullopt;
  Prefix prefix{address, bits_of(address)};
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, prefix.length);
    if (read.ec != std::errc{} || read.ptr != end || prefix.length > bits_of(address)) return std::nullopt;
  }
  return masked(address, prefix.length) == address ? std::optional(prefix) : std::nullopt;
}

bool Prefix::covers(const ip::address& other) const noexcept {
  return other.is_v4() == address.is_v4() && masked(other, length) == address;
}

std::string Prefix::text() const { return address.to_string() + '/' + std::to_string(length); }

bool PrefixList::covers(const ip::address& address) const noexcept {
  return (included.empty() || is_within(included, address)) && !is_within(excluded, address);
}

}  // namespace thence::config
