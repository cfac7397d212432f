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
  std::uint64_t replies = 0;  ///< made; those that the system did not take are AddressStatus::unsent
  std::uint64_t dropped = 0;  ///< requests that the protocol gave no reply to
};

/// How long requests over UDP took from being received to their reply being sent, but for deferred ones.
struct LatencyHistogram {
  static constexpr std::size_t buckets = 21;
  /// Upper bound of a bucket, inclusive. @param bucket 0 is 1 µs, and each one more is twice that, to 1.05 s
  static constexpr std::chrono::microseconds bound(std::size_t bucket) {
    return std::chrono::microseconds(1 << bucket);
  }

  std::array<std::uint64_t, buckets + 1> counts{};  ///< of each bucket alone; the last one is above all bounds
  double seconds = 0;                               ///< sum of all

  /// Adds requests that took so long.
  void add(std::chrono::nanoseconds each, std::uint64_t requests) noexcept {
    const auto microseconds = static_cast<std::uint64_t>((each.count() + 999) / 1000);
    const auto bucket = microseconds <= 1 ? 0 : static_cast<std::size_t>(std::bit_width(microseconds - 1));
    counts[std::min(bucket, buckets)] += requests;
    seconds += std::chrono::duration<double>(each).count() * static_cast<double>(requests);
  }
};

/// A port that is served on an address.
struct ServedPort {
  std::uint16_t port = 0;
  std::vector<std::string> protocols;  ///< names of plugins
  Transports transports;
};

/// A local address on an interface, and what happened there.
struct AddressStatus {
  std::string interface;  ///< name; `other` for what the host has not, or has no more, and for what is beyond the bound
  std::string address;    ///< with a scope where it is link-local; `other` as above
  std::vector<ServedPort> served;  ///< none: no listener is for it, or it is `other`
  std::vector<std::string> views;  ///< that may serve it, in their order, each as PROTOCOL VIEW; none: no views
  std::map<std::pair<std::string, Transport>, Traffic> traffic;  ///< by protocol's name and transport
  std::uint64_t dropped = 0;                                     ///< requests that reached no protocol
  std::uint64_t unsent = 0;                                      ///< replies over UDP that the system did not take
};

/// What is known of the server at one time: a value, for those who watch it.
struct Status {
  std::string version;
  int pid = 0;
  std::chrono::system_clock::time_point started;
  std::chrono::steady_clock::duration uptime{};  ///< since then, whatever became of the clock
  std::string configuration;                     ///< the file's name
  unsigned workers = 0;

  bool complete = true;                 ///< all workers have told what they have counted
  bool live = true;                     ///< all workers have answered lately
  bool ready = true;                    ///< it serves, and is not about to end
  std::vector<std::string> not_ready;   ///< why it is not
  std::vector<std::string> not_served;  ///< sockets that are wanted and cannot be had: another program has them, say

  struct Reloads {
    std::uint64_t done = 0;     ///< ended so far, in either way
    std::uint64_t refused = 0;  ///< of these
    std::uint64_t asked = 0;    ///< grows with each that is asked for; it has ended when `busy` is false
    bool busy = false;
    std::vector<std::string> words;  ///< of the last: what was wrong, a line each
    bool last_refused = false;
  } reloads;

  std::vector<AddressStatus> addresses;             ///< at most bound_on_addresses, and `other`
  std::map<std::string, std::uint64_t> counters;    ///< as the log has them: `udp.dropped.broadcast`, `dns.answered`
  std::map<std::string, LatencyHistogram> latency;  ///< by protocol's name
  std::map<std::string, std::vector<Measure>> measures;  ///< by protocol's name
};

/// Local addresses with counts of their own. What is beyond is counted as `other`.
constexpr std::size_t bound_on_addresses = 1024;

}  // namespace thence
