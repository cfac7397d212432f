#pragma once

#include <chrono>
#include <vector>

namespace thence::probe {

/// When to send a request and when to give up, relative to the first transmission.
struct Retransmission {
  std::vector<std::chrono::milliseconds> sent;  ///< ascending, starting at 0
  std::chrono::milliseconds given_up{};
};

/// How long a client waits over UDP with the values that RFC 8489 §6.2.1 recommends.
inline constexpr std::chrono::milliseconds longest_wait{39500};

/// The schedule of RFC 8489 §6.2.1: RTO 500 ms, doubled each time; Rc = 7 requests; giving up Rm = 16 RTO after the
/// last one.
/// @param timeout more than 0; cuts the schedule short
Retransmission retransmission(std::chrono::milliseconds timeout = longest_wait);

}  // namespace thence::probe
