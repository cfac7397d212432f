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

/// Sockets that a service manager has bound and passed to us (Linux: sd_listen_fds(3)). They stay open even when no
/// listener uses them, so that nobody else can take their ports. All workers share each socket and its single queue.
/// System calls are in one source file per system, inherited_sockets_SYSTEM.cpp.
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

  /// Takes the sockets passed to this process; child processes do not inherit them.
  /// @throws std::runtime_error if one is neither a UDP nor a listening TCP socket over IPv4 or IPv6
  static InheritedSockets take();

  /// The descriptor of the socket with this binding, if there is one. A binding without a device is served by one that
  /// the service manager has bound to any.
  std::optional<Descriptor> find(const Binding& binding) const;

  std::vector<Binding> bindings() const;

  /// Whether an inherited socket is the one that a listener wants.
  static bool serves(const Binding& inherited, Binding wanted);

  /// Duplicates a descriptor; child processes do not inherit the duplicate either.
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

/// A duplicate of an inherited socket for one worker, with packet information.
/// @throws boost::system::system_error
boost::asio::ip::udp::socket share_udp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                       InheritedSockets::Descriptor descriptor);
boost::asio::ip::tcp::acceptor share_tcp(const boost::asio::any_io_executor& executor, const Binding& binding,
                                         InheritedSockets::Descriptor descriptor);

}  // namespace thence
