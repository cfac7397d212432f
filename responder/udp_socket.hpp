#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "responder/binding.hpp"
#include "responder/log.hpp"
#include "responder/udp_batch.hpp"

#include <cstddef>
#include <span>
#include <string>

#include <boost/asio/ip/udp.hpp>

namespace thence {

/// A wildcard UDP socket with packet information. It receives a batch of requests with the addresses that they were
/// sent to, and sends replies from exactly the addresses that their routes name.
class UdpSocket {
 public:
  /// Opens and binds.
  /// @param interfaces live, of the worker; must outlive the socket
  /// @param counters of the worker; must outlive the socket
  /// @throws boost::system::system_error with what the system said
  UdpSocket(const boost::asio::any_io_executor& executor, const Binding& binding, const InterfaceTable& interfaces,
            UdpCounters& counters);

  /// Calls back once when there is something to receive.
  template <typename Handler>
  void wait(Handler&& handler) {
    socket_.async_wait(boost::asio::ip::udp::socket::wait_read, std::forward<Handler>(handler));
  }

  /// Takes what is there, without waiting, and finds out where it arrived. An exchange that is not to be answered says
  /// why; the others have a reply prepared with the route of the request.
  std::span<Exchange> receive(UdpBatch& batch);

  /// Sends the replies of the exchanges whose reply has a size, in their order. What cannot be sent is counted.
  void send(UdpBatch& batch, std::span<const Exchange> exchanges);

  /// Sends one reply.
  void send(const Route& route, std::span<const std::byte> message);

  /// Whether replies from that transport address leave through this socket.
  bool serves(const Endpoint& local) const noexcept {
    return local.port() == binding_.port && binding_.covers(local.address());
  }

 private:
  Drop locate(Route& route, std::span<const std::byte> control, int flags) const noexcept;
  std::uint32_t egress(const Route& route) const noexcept;
  void prepare(const Route& route, std::span<const std::byte> message, mmsghdr& header,
               UdpBatch::Parts& parts) const noexcept;
  void transmit(std::span<mmsghdr> headers, std::span<const UdpBatch::Parts> parts);
  void not_sent(const Route& route, int error);

  boost::asio::ip::udp::socket socket_;
  Binding binding_;
  const InterfaceTable* interfaces_;
  UdpCounters* counters_;
  log::Limit limit_;
};

}  // namespace thence
