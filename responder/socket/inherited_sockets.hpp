#pragma once

#include "responder/socket/binding.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

namespace thence {

/// Sockets that a service manager has bound and handed over (Linux: sd_listen_fds(3)). They stay, whether a listener
/// wants them now or not, as nobody else can have their ports. All workers share such a socket: there is one queue for
/// all of them. What the system is asked is in a source file for each, inherited_sockets_SYSTEM.cpp.
class InheritedSockets {
 public:
  using Descriptor = boost::asio::ip::udp::socket::native_handle_type;

  InheritedSockets() = default;
  ~InheritedSockets() { close(); }
  InheritedSockets(InheritedSockets&& other) noexcept : all_(std::exchange(other.all_, {})) {}
  InheritedSockets& operator=(InheritedSockets&& other) noexcept {
    std::swap(all_, other.all_);
    return *this;
  }
  InheritedSockets(const InheritedSockets&) = delete;
  InheritedSockets& operator=(const InheritedSockets&) = delete;

  /// Those of this process, which children do not inherit.
  /// @throws std::runtime_error for one that is no UDP or listening TCP socket of IPv4 or IPv6
  static InheritedSockets take();

  /// The descriptor of the one that is bound so, if there is one.
  std::optional<Descriptor> find(const Binding& binding) const;

  std::vector<Binding> bindings() const;

  /// A descriptor of the same socket, which children do not inherit either.
  /// @throws boost::system::system_error
  static Descriptor duplicate(Descriptor descriptor);

 private:
  struct Socket {
    Descriptor descriptor;
    Binding binding;
  };

  void close() noexcept;

  std::vector<Socket> all_;
};

/// A copy of an inherited socket for one worker, with packet information.
/// @throws boost::system::system_error
boost::asio::ip::udp::socket share_udp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                       InheritedSockets::Descriptor descriptor);
boost::asio::ip::tcp::acceptor share_tcp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                         InheritedSockets::Descriptor descriptor);

}  // namespace thence
