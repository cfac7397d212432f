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

/// A UDP socket that is bound and has packet information, and what a worker needs to know of it.
struct BoundUdp {
  boost::asio::ip::udp::socket socket;
  Binding binding;
  /// Whether requests to broadcast and multicast addresses are this socket's: unlike unicast ones, every socket that
  /// shares the port gets a copy.
  bool takes_groups = true;
  /// Whether others have it too: it is a copy of one that a service manager has bound.
  bool inherited = false;
};

/// How long a socket that is not wanted any more stays open, at least and at most.
constexpr std::chrono::milliseconds retirement{100};
constexpr std::chrono::seconds retirement_at_most{6};

/// Opens and binds.
/// @param executor of the worker that will use it
/// @throws boost::system::system_error with what the system said
boost::asio::ip::udp::socket open_udp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                      Share share);

/// A UDP socket with packet information. It receives a batch of requests with the addresses that they were sent to, and
/// sends replies from exactly the addresses that their routes name.
class UdpSocket final : public ReplyPath {
 public:
  /// @param interfaces live, of the worker; must outlive the socket, as all that follows
  UdpSocket(BoundUdp bound, DatagramIo& io, const InterfaceTable& interfaces, UdpCounters& counters, Dispatch& dispatch,
            TrafficTable& traffic);

  const Binding& binding() const noexcept { return binding_; }

  /// How it serves from now on. Before the first request.
  void set_serving(std::shared_ptr<const Serving> serving) { serving_ = std::move(serving); }
  const std::shared_ptr<const Serving>& serving() const noexcept { return serving_; }
  const ServedProtocols& protocols() const noexcept { return serving_->over(binding_.transport); }

  /// Lets no more requests come, while those that wait can still be received and answered. Closing alone would lose
  /// what arrives just before it. Of an inherited one the others go on to get what comes.
  void retire();

  bool is_open() const noexcept { return socket_.is_open(); }
  void close();

  /// Calls back once when there is something to receive.
  template <typename Handler>
  void wait(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::udp::socket::wait_read, std::forward<Handler>(handler));
  }

  /// Takes what is there, without waiting, and finds out where it arrived. An exchange that is not to be answered says
  /// why; the others have a reply prepared with the route of the request.
  std::span<Exchange> receive();

  /// Sends the replies of the exchanges whose reply has a size, in their order. What cannot be sent is counted.
  void send(std::span<Exchange> exchanges);

  /// Sends one reply.
  void send(const Route& route, std::span<const std::byte> message);

 private:
  void send_deferred(const Route& route, std::size_t protocol, std::span<const std::byte> message) override;
  void give_up(const Route& route) noexcept override;
  Drop admit(Exchange& exchange) const noexcept;
  std::uint32_t egress(const Route& route) const noexcept;
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
