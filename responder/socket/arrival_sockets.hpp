#pragma once

#include "responder/socket/binding.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace thence {

/// The listening TCP sockets that pin a handshake to the interface where it arrives (`egress: arrival`).
///
/// The system sends the SYN-ACK before the program hears of a connection, by the interface that the listening socket is
/// bound to, so each interface has one of its own, beside those that are bound to none. To be bound to it from the
/// start would be wrong: such a socket also gets what this host sends to the interface's addresses, and its SYN-ACK
/// then leaves the host. So they all listen first, on the same address and port, and the system chooses among them by
/// where a connection comes in (socket_options::steer). That choice is a number in the order in which they began to
/// listen, which this class keeps: nobody else may end one of them while another stays.
class ArrivalSockets {
 public:
  /// At most so many sockets. Connections of further interfaces are answered as routing decides.
  static constexpr std::size_t most = 1024;

  /// How long workers may go on accepting what waits on a socket that is no longer wanted.
  static constexpr std::chrono::seconds after_the_workers{1};

  /// The interfaces to have a socket of their own, for each binding that listens already; nothing: as they are, because
  /// other sockets on its address and port are just being closed.
  using Wanted = std::map<Binding, std::optional<std::vector<std::uint32_t>>>;

  /// A new socket, of which each worker gets a duplicate.
  struct Opened {
    Binding binding;  ///< with its `arrival`
    boost::asio::ip::tcp::acceptor::native_handle_type handle;
  };

  /// Opens sockets and ends those that are no longer wanted, once the workers have had the time to close their
  /// duplicates. The sockets of a binding that is not named are left to whoever still accepts there. What cannot be
  /// opened is left out.
  /// @param others how many sockets of each binding are bound to no interface: those that began to listen first
  std::vector<Opened> update(const Wanted& wanted, std::uint32_t others);

  /// Gives one up that nobody accepts from.
  /// @param binding with its `arrival`
  void leave(const Binding& binding);

  /// All that are in use.
  std::vector<Binding> bindings() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Member {
    std::uint32_t interface;
    boost::asio::ip::tcp::acceptor acceptor;
    std::optional<Clock::time_point> left;  // since when it is not wanted
  };
  using Members = std::vector<Member>;  // in the order in which they began to listen

  static constexpr std::size_t none = SIZE_MAX;
  std::error_code steer(Members& members, std::size_t not_this = none, std::size_t nor_this = none) const;
  void end_left(Members& members) const;
  bool add(const Binding& binding, Members& members, std::uint32_t interface);
  std::size_t size() const noexcept;

  boost::asio::io_context never_run_;
  std::map<Binding, Members> members_;
  std::uint32_t others_ = 0;
};

}  // namespace thence
