#pragma once

#include "protocols/counters.hpp"

#include <array>
#include <cstddef>

namespace thence {

/// Why a datagram, or a reply, went no further.
enum class Drop : std::uint8_t {
  none,
  truncated,              ///< longer than the receive buffer
  no_packet_information,  ///< the system did not say where it arrived
  excluded,               ///< arrived where the listener's interfaces or addresses say no
  broadcast,              ///< sent to a broadcast or multicast address, which the listener does not allow
  no_source,              ///< no unicast address of the arrival interface to answer from, or none was given
  unclaimed,              ///< no protocol of a shared port takes it
  not_served,             ///< the reply's source is no address and port that this worker serves
  given_up,               ///< deferred, and never answered
  copy,                   ///< sent to a broadcast or multicast address: each worker gets one, and the first answers
};

constexpr std::size_t drop_causes = 10;

/// What happened to the datagrams of one worker.
class UdpCounters {
 public:
  explicit UdpCounters(Counters& all);

  Counter& received;
  Counter& answered;
  Counter& deferred;

  Counter& dropped(Drop cause) noexcept { return *dropped_[static_cast<std::size_t>(cause)]; }

  /// Replies that the system did not send. @param error an errno value
  Counter& send_error(int error);

 private:
  Counters* all_;
  std::array<Counter*, drop_causes> dropped_{};
  std::array<Counter*, 134> send_errors_{};  // one for each errno value of the system; the last one for any other
};

/// @return such as "broadcast"
const char* name(Drop cause) noexcept;

}  // namespace thence
