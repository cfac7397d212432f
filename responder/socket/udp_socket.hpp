#pragma once

#include "protocols/interface_table.hpp"
#include "responder/dispatch/serving.hpp"
#include "responder/dispatch/traffic_table.hpp"
#include "responder/log/log.hpp"
#include "responder/socket/binding.hpp"
#include "responder/socket/datagram_io.hpp"
#include "responder/socket/udp_counters.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include <boost/asio/ip/udp.hpp>

namespace thence {

/// A bound UDP socket with packet information, and what a worker needs to know about it.
struct BoundUdp {
  boost::asio::ip::udp::socket socket;
  Binding binding;
  /// Whether this socket answers requests to broadcast and multicast addresses. Unlike unicast requests, these are
  /// copied to every socket that shares the port.
  bool takes_groups = true;
  /// Whether it is a duplicate of an inherited socket, which other workers have too.
  bool inherited = false;
};

/// How long a socket that is no longer wanted stays open, at least and at most.
constexpr std::chrono::milliseconds retirement{100};
constexpr std::chrono::seconds retirement_at_most{6};

/// Opens and binds.
/// @param executor of the worker that will use it
/// @throws boost::system::system_error with the system's error
boost::asio::ip::udp::socket open_udp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                      Share share);

/// A UDP socket with packet information. It receives requests in batches, with the addresses they were sent to, and
/// sends each reply from exactly the address in its route.
class UdpSocket final : public ReplyPath {
 public:
  /// @param interfaces updated by the worker; must outlive the socket, like the parameters that follow
  UdpSocket(BoundUdp bound, DatagramIo& io, const InterfaceTable& interfaces, UdpCounters& counters, Dispatch& dispatch,
            TrafficTable& traffic);

  const Binding& binding() const noexcept { return binding_; }

  /// Sets how it serves from now on. Call before the first request.
  void set_serving(std::shared_ptr<const Serving> serving) { serving_ = std::move(serving); }
  const std::shared_ptr<const Serving>& serving() const noexcept { return serving_; }
  const ServedProtocols& protocols() const noexcept { return serving_->over(binding_.transport); }

  /// Stops new requests, while those already queued can still be received and answered. Closing the socket at once
  /// would lose what arrived just before. An inherited socket keeps receiving for its other users.
  void retire();

  bool is_open() const noexcept { return socket_.is_open(); }
  void close();

  /// Calls back once when there is something to receive.
  template <typename Handler>
  void wait(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::udp::socket::wait_read, std::forward<Handler>(handler));
  }

  /// Receives what is waiting, without blocking, and finds out where it arrived. An exchange that must not be answered
  /// has the cause; each other one has a reply prepared with the request's route.
  std::span<Exchange> receive();

  /// Sends, in order, every reply with a nonzero size. What cannot be sent is counted.
  void send(std::span<Exchange> exchanges);

  /// Sends one reply.
  void send(const Route& route, std::span<const std::byte> message);

 private:
  void send_deferred(const Route& route, std::size_t protocol, std::span<const std::byte> message) override;
  void give_up(const Route& route) noexcept override;
  Drop admit(Exchange& exchange) const noexcept;
  Drop unwrap(Request& request) const noexcept;
  std::uint32_t egress(const Route& route) const noexcept;
  /// Octets of the largest reply that leaves as one packet.
  std::size_t unfragmented(const Route& route) const noexcept;
  void not_sent(const Route& route, int error);

  boost::asio::ip::udp::socket socket_;
  Binding binding_;
  bool takes_groups_;
  bool inherited_;
  std::shared_ptr<const Serving> serving_;
  const InterfaceTable* interfaces_;
  UdpCounters* counters_;
  DatagramIo* io_;
  Dispatch* dispatch_;
  TrafficTable* traffic_;
  log::Limit limit_;
};

}  // namespace thence
