#pragma once

#include "protocols/measure.hpp"
#include "protocols/route.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace thence {

/// What one protocol did over one transport on one local address.
struct Traffic {
  std::uint64_t requests = 0;
  std::uint64_t replies = 0;  ///< replies made; those that the system did not send are AddressStatus::unsent
  std::uint64_t dropped = 0;  ///< requests for which the protocol gave no reply
};

/// Time from receiving a UDP request to sending its reply; deferred replies are excluded.
struct LatencyHistogram {
  static constexpr std::size_t buckets = 21;
  /// Inclusive upper bound of a bucket. @param bucket 0 is 1 µs; each further one doubles it, up to 1.05 s
  static constexpr std::chrono::microseconds bound(std::size_t bucket) {
    return std::chrono::microseconds(1 << bucket);
  }

  std::array<std::uint64_t, buckets + 1> counts{};  ///< per bucket, not cumulative; the last one is above all bounds
  double seconds = 0;                               ///< total

  /// Adds requests that took this long each.
  void add(std::chrono::nanoseconds each, std::uint64_t requests) noexcept {
    const auto microseconds = static_cast<std::uint64_t>((each.count() + 999) / 1000);
    const auto bucket = microseconds <= 1 ? 0 : static_cast<std::size_t>(std::bit_width(microseconds - 1));
    counts[std::min(bucket, buckets)] += requests;
    seconds += std::chrono::duration<double>(each).count() * static_cast<double>(requests);
  }
};

/// A port served on an address.
struct ServedPort {
  std::uint16_t port = 0;
  std::vector<std::string> protocols;  ///< plugin names
  Transports transports;
};

/// A local address on an interface, and its counts.
struct AddressStatus {
  std::string interface;           ///< name; `other` if the host does not have it, or beyond bound_on_addresses
  std::string address;             ///< with a scope if link-local; `other` as above
  std::vector<ServedPort> served;  ///< empty: no listener covers it, or it is `other`
  /// Those that may serve it, in order, each as PROTOCOL VIEW; then, where the arrival interface decides, those of
  /// other interfaces, as in `by eth1: dns outside`. Empty: no views.
  std::vector<std::string> views;
  std::map<std::pair<std::string, Transport>, Traffic> traffic;  ///< by protocol name and transport
  std::uint64_t dropped = 0;                                     ///< requests that reached no protocol
  std::uint64_t unsent = 0;                                      ///< UDP replies that the system did not send
};

/// A snapshot of the server's state, for monitoring.
struct Status {
  std::string version;
  int pid = 0;
  std::chrono::system_clock::time_point started;
  std::chrono::steady_clock::duration uptime{};  ///< by the monotonic clock
  std::string configuration;                     ///< file name
  unsigned workers = 0;

  bool complete = true;                 ///< all workers have reported their counts
  bool live = true;                     ///< all workers have responded recently
  bool ready = true;                    ///< serving, and not shutting down
  std::vector<std::string> not_ready;   ///< why it is not
  std::vector<std::string> not_served;  ///< sockets wanted but unavailable, such as those that another program has

  struct Reloads {
    std::uint64_t done = 0;     ///< finished so far, successfully or not
    std::uint64_t refused = 0;  ///< how many of these were refused
    std::uint64_t asked = 0;    ///< grows with each request for a reload; it is finished once `busy` is false
    bool busy = false;
    std::vector<std::string> words;  ///< what was wrong with the last one, line by line
    bool last_refused = false;
  } reloads;

  std::vector<AddressStatus> addresses;             ///< at most bound_on_addresses, plus `other`
  std::map<std::string, std::uint64_t> counters;    ///< named as in the log: `udp.dropped.broadcast`, `dns.answered`
  std::map<std::string, LatencyHistogram> latency;  ///< by protocol name
  std::map<std::string, std::vector<Measure>> measures;  ///< by protocol name
};

/// How many local addresses have their own counts. The rest are counted as `other`.
constexpr std::size_t bound_on_addresses = 1024;

}  // namespace thence
