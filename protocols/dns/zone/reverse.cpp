#include "protocols/dns/zone/reverse.hpp"

#include "protocols/dns/wire/message.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace thence::dns {

namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view ipv4_tree("\7in-addr\4arpa\0", 14);
constexpr std::string_view ipv6_tree("\3ip6\4arpa\0", 10);

bool is_within(const Name& name, std::string_view tree) noexcept {
  return name.labels() >= 2 && std::ranges::equal(name.without(name.labels() - 2U), tree, {},
                                                  [](char letter) { return static_cast<std::uint8_t>(letter); });
}

/// The number in a label, without leading zeros.
/// @return a number above `most` if there is none
unsigned number_in(Octets label, unsigned most, int base) noexcept {
  const auto* const digits = reinterpret_cast<const char*>(label.data());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits, digits + label.size(), number, base);
  const bool is_number = error == std::errc{} && end == digits + label.size() && (label.size() == 1 || label[0] != '0');
  return is_number ? number : most + 1;
}

Octets label_of(const Name& name, std::size_t number) noexcept {
  return name.wire().subspan(name.offset(number) + 1, name.offset(number + 1) - name.offset(number) - 1);
}

/// Reads the labels before the two of the tree; the last of them is the first of the address.
/// @param take called with position and value of each @return whether all are numbers
template <typename Take>
bool each_number(const Name& name, unsigned most, int base, const Take& take) noexcept {
  const std::size_t count = name.labels() - 2;
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned number = number_in(label_of(name, count - 1 - i), most, base);
    if (number > most) return false;
    take(i, number);
  }
  return true;
}

}  // namespace

std::optional<config::Prefix> reverse_prefix(const Name& name) noexcept {
  const std::size_t numbers = name.labels() < 2 ? 0 : name.labels() - 2;
  if (is_within(name, ipv4_tree) && numbers <= 4) {
    ip::address_v4::bytes_type bytes{};
    const bool read = each_number(
        name, 255, 10, [&](std::size_t at, unsigned octet) { bytes[at] = static_cast<std::uint8_t>(octet); });
    if (read) return config::Prefix{ip::address_v4(bytes), static_cast<unsigned>(numbers) * 8};
  } else if (is_within(name, ipv6_tree) && numbers <= 32) {
    ip::address_v6::bytes_type bytes{};
    const bool read = each_number(name, 15, 16, [&](std::size_t at, unsigned digit) {
      bytes[at / 2] = static_cast<std::uint8_t>(bytes[at / 2] | digit << (at % 2 == 0 ? 4U : 0U));
    });
    if (read) return config::Prefix{ip::address_v6(bytes), static_cast<unsigned>(numbers) * 4};
  }
  return std::nullopt;
}

bool is_address(const config::Prefix& prefix) noexcept { return prefix.length == (prefix.address.is_v4() ? 32 : 128); }

ReverseRecord::ReverseRecord(const Reverse& reverse, std::string_view interface) noexcept {
  std::uint8_t* at = octets_.data() + record_head;
  Octets target = reverse.target.wire();
  const bool has_interface = target.size() > 2 && target[0] == 1 && target[1] == '*';
  if (has_interface && target.size() - 1 + interface.size() <= longest_name) {
    *at++ = static_cast<std::uint8_t>(interface.size());
    at = std::copy(interface.begin(), interface.end(), at);
    target = target.subspan(2);
  }
  at = std::ranges::copy(target, at).out;
  size_ = static_cast<std::size_t>(at - octets_.data());
  write_record_head(octets_.data(), type::ptr, reverse.ttl, static_cast<std::uint16_t>(size_ - record_head));
}

RRset ReverseRecord::rrset() const noexcept { return {type::ptr, 1, {octets_.data(), size_}}; }

}  // namespace thence::dns
