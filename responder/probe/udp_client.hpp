#pragma once

#include "protocols/route.hpp"
#include "responder/probe/retransmission.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

namespace thence::probe {

using SocketId = std::size_t;

/// A request over UDP.
struct UdpRequest {
  SocketId socket = 0;  ///< to send from
  Endpoint to;
  std::vector<std::byte> message;
  Retransmission schedule;
  std::function<bool(std::span<const std::byte>)> answered_by;  ///< whether a datagram is its answer
};

/// The outcome of a request.
struct UdpAnswer {
  std::vector<std::byte> message{};   ///< empty if there was no answer
  std::optional<Endpoint> from{};     ///< its source; nothing if there was no answer
  SocketId arrived_on = 0;            ///< not always the socket that asked (RESPONSE-PORT, RFC 5780 §7.5)
  boost::system::error_code error{};  ///< why there was no answer, if the system or a router (ICMP) reported it
  unsigned transmissions = 0;         ///< how often the request was sent before the answer
  /// From the last transmission to the answer. Retransmissions are identical (RFC 8489 §6.2.1), so after several the
  /// answer may be to an earlier one, and this is a lower bound.
  std::chrono::nanoseconds round_trip{};
};

/// Unconnected UDP sockets and their outstanding requests. A datagram from any source, on any of the sockets, may
/// answer any request, so that answers from a wrong source are noticed. ICMP errors are noticed too: a hard one (port
/// or protocol unreachable) ends the request it refers to (RFC 8489 §6.2.1); others are kept as the reason in case no
/// answer comes.
class UdpClient {
 public:
  explicit UdpClient(boost::asio::io_context& context);
  ~UdpClient();
  UdpClient(const UdpClient&) = delete;
  UdpClient& operator=(const UdpClient&) = delete;

  /// Opens a socket on a local address, with a port chosen by the system.
  /// @throws boost::system::system_error
  SocketId open(const boost::asio::ip::address& from);
  Endpoint local(SocketId socket) const;

  /// Starts a request. `done` is called once, from the context.
  void start(UdpRequest request, std::function<void(const UdpAnswer&)> done);

  /// Runs the context until no request is outstanding.
  void run();

 private:
  struct Socket;
  struct Pending;
  using PendingList = std::list<std::shared_ptr<Pending>>;

  void wait(SocketId id);
  void receive(SocketId id);
  void receive_errors(Socket& socket);
  void arrived(SocketId id, const Endpoint& from, std::span<const std::byte> message);
  void unreachable(const Endpoint& destination, boost::system::error_code error);
  void next(const std::shared_ptr<Pending>& pending);
  bool send(Pending& pending);
  void end(const std::shared_ptr<Pending>& pending, UdpAnswer answer);

  boost::asio::io_context& context_;
  std::vector<std::unique_ptr<Socket>> sockets_;
  PendingList pending_;
  std::vector<std::byte> buffer_;
};

}  // namespace thence::probe
