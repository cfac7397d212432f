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
  SocketId socket = 0;  ///< it leaves from there
  Endpoint to;
  std::vector<std::byte> message;
  Retransmission schedule;
  std::function<bool(std::span<const std::byte>)> answered_by;  ///< whether a datagram answers it
};

/// What became of a request.
struct UdpAnswer {
  std::vector<std::byte> message{};   ///< empty when there was none
  std::optional<Endpoint> from{};     ///< where it came from; nothing when there was none
  SocketId arrived_on = 0;            ///< not always the socket that asked (RESPONSE-PORT, RFC 5780 §7.5)
  boost::system::error_code error{};  ///< why there was none, where the system or a router (ICMP) said
  unsigned transmissions = 0;         ///< times that it was sent before the answer
  /// From the last transmission before the answer to the answer. A request is sent again as it is (RFC 8489 §6.2.1), so
  /// with more than one transmission it may have been an earlier one that was answered, and this is a lower bound.
  std::chrono::nanoseconds round_trip{};
};

/// Unconnected UDP sockets and the requests that are under way from them. A datagram from any source, on any of the
/// sockets, may answer any request, so that answers from a wrong source are seen. ICMP errors are seen too: a hard one
/// (port or protocol unreachable) ends the request that it tells of (RFC 8489 §6.2.1), others are remembered as the
/// reason when no answer comes.
class UdpClient {
 public:
  explicit UdpClient(boost::asio::io_context& context);
  ~UdpClient();
  UdpClient(const UdpClient&) = delete;
  UdpClient& operator=(const UdpClient&) = delete;

  /// Opens a socket on a local address, with a port that the system chooses.
  /// @throws boost::system::system_error
  SocketId open(const boost::asio::ip::address& from);
  Endpoint local(SocketId socket) const;

  /// Starts a request; `done` is called from the context, once.
  void start(UdpRequest request, std::function<void(const UdpAnswer&)> done);

  /// Runs the context until no request is under way.
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
