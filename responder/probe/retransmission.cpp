#include "responder/probe/retransmission.hpp"

#include <algorithm>

namespace thence::probe {

Retransmission retransmission(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds rto{500};
  constexpr int most_requests = 7;  // Rc
  constexpr int last_wait = 16;     // Rm
  Retransmission schedule;
  std::chrono::milliseconds at{0};
  for (int request = 0; request < most_requests && at < timeout; ++request) {
    schedule.sent.push_back(at);
    at = at * 2 + rto;
  }
  schedule.given_up = std::min(timeout, schedule.sent.back() + last_wait * rto);
  return schedule;
}

}  // namespace thence::probe
