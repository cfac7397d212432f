#pragma once

#include "config/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// What `rate-limit:` says.
struct RateLimitSettings {
  std::uint32_t per_second = 0;  ///< replies a second to the clients of a prefix
  std::uint32_t slip = 0;        ///< of so many replies over the limit one is sent, without records; 0: none is
  unsigned ipv4_prefix = 24;     ///< bits of an address that tell one client from another
  unsigned ipv6_prefix = 56;
};

/// Reads a section `rate-limit`.
/// @param slips whether the protocol has a reply without records, which `slip` then says something about
/// @return nothing where there is no limit
std::optional<RateLimitSettings> read_rate_limit(const config::Cursor& at, bool slips);

/// How many replies the clients of each prefix get over UDP. Of one worker.
///
/// A prefix may have per_second replies at once, and gains per_second of them a second. The table has a fixed size. A
/// prefix that has all of its replies to gain needs no place in it, so a flood from sources that come once each uses
/// few places; where it nevertheless needs more than there are, the prefix is forgotten that has least to gain back, so
/// that those which are over the limit stay. Prefixes never share a place: nobody is limited for what others do.
class RateLimit {
 public:
  /// Prefixes that the table holds, in sets of so many, by a hash that clients cannot know.
  static constexpr std::size_t prefixes = 65536;
  static constexpr std::size_t set_size = 8;

  enum class Decision : std::uint8_t {
    answer,
    slip,  ///< over the limit: a reply without records, so that a client that exists finds another way
    drop,
  };

  explicit RateLimit(const RateLimitSettings& settings);

  /// Takes one reply of the client's prefix.
  /// @param now microseconds of a monotonic clock
  Decision take(const boost::asio::ip::address& client, std::uint64_t now) noexcept;

 private:
  struct Prefix {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Prefix&, const Prefix&) = default;
  };
  /// A place that was never used is the same as that of a prefix that has all of its replies to gain.
  struct Place {
    Prefix prefix;
    std::uint64_t whole_at = 0;  ///< nanoseconds: when the prefix will have all of its replies again
    std::uint32_t over = 0;      ///< replies over the limit
  };

  Prefix prefix_of(const boost::asio::ip::address& client) const noexcept;
  Place& place_of(const Prefix& prefix, std::uint64_t now) noexcept;

  std::uint64_t interval_;  ///< nanoseconds for one more reply
  std::uint32_t slip_;
  Prefix ipv4_mask_;
  Prefix ipv6_mask_;
  Prefix key_;  ///< of the hash
  std::vector<Place> places_;
};

}  // namespace thence
