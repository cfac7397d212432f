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
  boost::asio::ip::address address;  ///< zero after the first `length` bits
  unsigned length = 0;               ///< bits: at most 32 (IPv4) or 128 (IPv6)

  /// Reads `10.0.0.0/8`, or a single address, which is a prefix that covers only itself.
  /// @return nothing if the text is neither, or if bits are set beyond the prefix length
  static std::optional<Prefix> parse(std::string_view text);

  bool covers(const boost::asio::ip::address& other) const noexcept;
  std::string text() const;

  friend bool operator==(const Prefix&, const Prefix&) = default;
};

/// The address with all but its first bits cleared.
/// @param bits at most the address length of its family
boost::asio::ip::address masked(const boost::asio::ip::address& address, unsigned bits) noexcept;

/// A setting that lists prefixes, where `!` excludes. An address is covered when it is within an included one, or none
/// are included, and is within no excluded one. Order does not matter.
struct PrefixList {
  std::vector<Prefix> included;
  std::vector<Prefix> excluded;

  /// An empty list covers all addresses.
  bool empty() const noexcept { return included.empty() && excluded.empty(); }
  bool covers(const boost::asio::ip::address& address) const noexcept;

  friend bool operator==(const PrefixList&, const PrefixList&) = default;
};

}  // namespace thence::config
