#pragma once

#include <chrono>
#include <vector>

namespace thence::probe {

/// When a request is sent, counted from the first time, and when it is given up.
struct Retransmission {
  std::vector<std::chrono::milliseconds> sent;  ///< from 0 upwards
  std::chrono::milliseconds given_up{};
};

/// How long RFC 8489 §6.2.1 has a client wait over UDP, with the values that it recommends.
inline constexpr std::chrono::milliseconds longest_wait{39500};

/// The schedule of RFC 8489 §6.2.1: RTO 500 ms, doubled each time, Rc 7 requests, given up Rm 16 RTO after the last.
/// @param timeout more than 0; cuts the schedule short
Retransmission retransmission(std::chrono::milliseconds timeout = longest_wait);

}  // namespace thence::probe
