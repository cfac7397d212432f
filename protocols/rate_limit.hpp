#pragma once

#include "config/reader.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// The settings of `rate-limit:`.
struct RateLimitSettings {
  std::uint32_t per_second = 0;  ///< replies per second to the clients of a prefix
  std::uint32_t slip = 0;        ///< one in this many replies over the limit is sent, without records; 0: none
  unsigned ipv4_prefix = 24;     ///< bits of an address that identify a client
  unsigned ipv6_prefix = 56;
};

/// Reads a section `rate-limit`.
/// @param slips whether the protocol has a reply without records, so that `slip` applies
/// @return nothing if there is no limit
std::optional<RateLimitSettings> read_rate_limit(const config::Cursor& at, bool slips);

/// Limits the replies over UDP to the clients of each prefix, on one worker.
///
/// A token bucket per prefix: it holds per_second replies and gains per_second of them a second. The table has a fixed
/// size. A prefix with a full bucket needs no entry, so a flood from sources that each come once uses few entries. When
/// entries run out all the same, the prefix closest to a full bucket is evicted, so those over the limit stay. Prefixes
/// never share an entry: nobody is limited for what others do.
class RateLimit {
 public:
  /// Entries of the table, which is set-associative: a keyed hash, which clients cannot predict, chooses the set.
  static constexpr std::size_t prefixes = 65536;
  static constexpr std::size_t set_size = 8;

  enum class Decision : std::uint8_t {
    answer,
    slip,  ///< over the limit: a reply without records, so that a genuine client retries over TCP
    drop,
  };

  explicit RateLimit(const RateLimitSettings& settings);

  /// Spends one reply of the client's prefix.
  /// @param now microseconds of a monotonic clock
  Decision take(const boost::asio::ip::address& client, std::uint64_t now) noexcept;

 private:
  struct Prefix {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const Prefix&, const Prefix&) = default;
  };
  /// An unused entry is the same as that of a prefix with a full bucket.
  struct Place {
    Prefix prefix;
    std::uint64_t whole_at = 0;  ///< nanoseconds: when the bucket will be full again
    std::uint32_t over = 0;      ///< replies over the limit
  };

  Prefix prefix_of(const boost::asio::ip::address& client) const noexcept;
  Place& place_of(const Prefix& prefix, std::uint64_t now) noexcept;

  std::uint64_t interval_;  ///< nanoseconds to gain one reply
  std::uint32_t slip_;
  Prefix ipv4_mask_;
  Prefix ipv6_mask_;
  Prefix key_;  ///< hash key
  std::vector<Place> places_;
};

}  // namespace thence
