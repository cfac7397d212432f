#pragma once

#include "responder/host/port_owners.hpp"
#include "responder/socket/binding.hpp"
#include "responder/socket/inherited_sockets.hpp"
#include "responder/socket/tcp_server.hpp"
#include "responder/socket/udp_socket.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

namespace thence {

/// What is to change about the sockets of one worker.
struct SocketChange {
  std::map<Binding, std::size_t> listeners;  ///< all that are to be open, and by which entry of `listeners:` they serve
  std::vector<std::variant<BoundUdp, BoundTcp>> opened;  ///< those of them that the worker has not yet
};

/// The sockets of all workers: which are open, and which have to be opened when the configuration or the host changes.
/// They are opened on the control thread, so that what cannot be had is known before anything changes; the workers get
/// them ready-made, and close what is no longer wanted. Where a wildcard cannot be had, as another program has one of
/// its addresses, that transport and family is served by a socket an address instead.
class ListeningSockets {
 public:
  /// @param workers an executor each
  ListeningSockets(std::vector<boost::asio::any_io_executor> workers, HostFamilies host, InheritedSockets inherited);

  /// Sockets that are open but not in use yet: either take() them, or let go of them, and nothing has changed.
  struct Prepared {
    std::map<Binding, std::size_t> listeners;
    std::map<Binding, std::vector<std::variant<BoundUdp, BoundTcp>>> opened;  ///< one for each worker
    std::set<Binding> replaced;              ///< wildcards that cannot be had, for which sockets an address stand in
    std::map<Binding, std::string> missing;  ///< sockets an address that cannot be had, and why
    std::vector<std::string> refusals;       ///< what cannot be served at all, and why
    std::optional<PortOwners> owners{};      ///< read where it is in question
  };

  /// Whether a wildcard that could not be had is tried again: a person expects it, where the host changes all the time
  /// its place may be free for a moment only.
  enum class Replaced { stay, try_again };

  /// Opens what is wanted now and is not open yet.
  Prepared prepare(const std::vector<config::Listener>& listeners, const InterfaceTable& interfaces,
                   Replaced replaced = Replaced::stay);

  /// @return for each worker, what it has to do
  std::vector<SocketChange> take(Prepared prepared);

  /// Instead of take(), where all stays as it was. What has been opened may have been asked already.
  /// @return for each worker, what it has to answer and to close
  std::vector<SocketChange> give_back(Prepared&& prepared);

  /// What is open and how, a line each: for a person.
  static std::vector<std::string> words(const Prepared& prepared);

  /// How many are open, those of all workers for one address and port counted once.
  std::size_t size() const noexcept { return open_.size(); }
  /// Wildcards that could not be had, for which sockets an address stand in.
  const std::set<Binding>& replaced() const noexcept { return replaced_; }
  /// Those that were inherited and nobody wants.
  std::vector<std::string> unused_inherited() const;

 private:
  void prepare_wildcards(Prepared& prepared, Replaced replaced, std::size_t number, const config::Listener& listener,
                         Transport transport, const InterfaceTable& interfaces);
  void prepare_addresses(Prepared& prepared, std::size_t number, const std::vector<Binding>& wanted,
                         std::error_code wildcard_error);
  /// @return what the system said
  std::error_code open(Prepared& prepared, const Binding& binding, std::size_t number);
  std::vector<std::variant<BoundUdp, BoundTcp>> open_on_all(const Binding& binding, Share first);
  bool shares_with_own(const Prepared& prepared, const Binding& binding) const;

  std::vector<boost::asio::any_io_executor> workers_;
  HostFamilies host_;
  InheritedSockets inherited_;
  std::map<Binding, std::size_t> open_;                              // by which entry of `listeners:` they serve
  std::map<Binding, std::chrono::steady_clock::time_point> closed_;  // lately; a worker may have it for a moment yet
  std::set<Binding> replaced_;
};

}  // namespace thence
