#pragma once

#include "protocols/counters.hpp"

#include <array>
#include <cstddef>

namespace thence {

/// Why a datagram or a reply was dropped.
enum class Drop : std::uint8_t {
  none,
  truncated,              ///< longer than the receive buffer
  no_packet_information,  ///< the system did not say where it arrived
  unspecified_source,     ///< from nowhere: `::`, 0.0.0.0 (RFC 4291 §2.5.2, RFC 1122 §3.2.1.3) or port 0 (RFC 768)
  excluded,               ///< excluded by the listener's interfaces or addresses
  broadcast,              ///< sent to a broadcast or multicast address, which the listener does not allow
  no_source,              ///< no unicast address on the arrival interface to answer from, or the protocol gave none
  unclaimed,              ///< not claimed by any protocol on a shared port
  not_served,             ///< this worker does not serve the reply's source address and port
  given_up,               ///< deferred and never answered
  proxy_header,           ///< from a trusted proxy, with no valid PROXY header
  proxy_not_trusted,      ///< with a PROXY header from somebody who is no trusted proxy
  copy,                   ///< of a broadcast or multicast request: every worker receives one, and the first answers
};

constexpr std::size_t drop_causes = 13;

/// Counters for the datagrams of one worker.
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
  std::array<Counter*, 134> send_errors_{};  // one for each errno value; the last one for any other
};

/// @return such as "broadcast"
const char* name(Drop cause) noexcept;

}  // namespace thence
