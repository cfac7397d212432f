#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::config {

/// The addresses of one family that begin with the same bits. Never v4-mapped IPv6.
struct Prefix {
  boost::asio::ip::address address;  ///< 0 behind the bits that count
  unsigned length = 0;               ///< bits that count: up to 32, or 128

  /// Reads `10.0.0.0/8`, or an address alone, which is a prefix of one.
  /// @return nothing where the text is neither, or where bits are set behind the prefix
  static std::optional<Prefix> parse(std::string_view text);

  bool covers(const boost::asio::ip::address& other) const noexcept;
  std::string text() const;

  friend bool operator==(const Prefix&, const Prefix&) = default;
};

/// An address without the bits behind the first ones.
/// @param bits at most those of its family
boost::asio::ip::address masked(const boost::asio::ip::address& address, unsigned bits) noexcept;

/// A list of prefixes as settings have it, in which `!` excludes. An address is covered that is within one of those
/// included, or where none is, any; and that is within none of those excluded. The order means nothing.
struct PrefixList {
  std::vector<Prefix> included;
  std::vector<Prefix> excluded;

  /// Whether it says nothing, and so covers all addresses.
  bool empty() const noexcept { return included.empty() && excluded.empty(); }
  bool covers(const boost::asio::ip::address& address) const noexcept;

  friend bool operator==(const PrefixList&, const PrefixList&) = default;
};

}  // namespace thence::config
