#pragma once

#include "responder/host/port_owners.hpp"
#include "responder/socket/arrival_sockets.hpp"
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

/// How one worker's sockets are to change.
struct SocketChange {
  std::map<Binding, std::size_t> listeners;  ///< all that should be open, each with its index in `listeners:`
  std::vector<std::variant<BoundUdp, BoundTcp>> opened;  ///< those that the worker does not have yet
};

/// The sockets of all workers: which are open, and which to open when the configuration or the host changes. The
/// control thread opens them, so that any failure is known before anything changes; the workers receive them ready to
/// use, and close those no longer wanted. If a wildcard is unavailable because another program has one of its
/// addresses, one socket per address serves that transport and family instead.
class ListeningSockets {
 public:
  /// @param workers the executor of each
  ListeningSockets(std::vector<boost::asio::any_io_executor> workers, HostFamilies host, InheritedSockets inherited);

  /// Sockets that are open but not in use yet. Either take() them, or drop them and nothing has changed.
  struct Prepared {
    std::map<Binding, std::size_t> listeners;
    std::map<Binding, std::vector<std::variant<BoundUdp, BoundTcp>>> opened;  ///< one for each worker
    std::set<Binding> replaced;              ///< unavailable wildcards, replaced by one socket per address
    std::map<Binding, std::string> missing;  ///< sockets of an address or a device that are unavailable, and why
    std::vector<std::string> refusals;       ///< what cannot be served at all, and why
    ArrivalSockets::Wanted arrivals{};       ///< for each TCP socket, the interfaces to have one of their own
    std::optional<PortOwners> owners{};      ///< read only when needed
  };

  /// Whether to retry a wildcard that was unavailable. A user expects a retry on reload; when the host changes
  /// frequently, its port may be free only for a moment.
  enum class Replaced { stay, try_again };

  /// Opens the sockets that are wanted and not open yet.
  Prepared prepare(const std::vector<config::Listener>& listeners, const InterfaceTable& interfaces,
                   Replaced replaced = Replaced::stay);

  /// @return the changes for each worker
  std::vector<SocketChange> take(Prepared prepared);

  /// Call instead of take() to change nothing. The new sockets may already have received requests.
  /// @return for each worker, the sockets to answer on and close
  std::vector<SocketChange> give_back(Prepared&& prepared);

  /// What is open and how, line by line, for humans.
  static std::vector<std::string> words(const Prepared& prepared);

  /// How many are open; the workers' sockets for the same address and port count once.
  std::size_t size() const noexcept { return open_.size(); }
  /// Unavailable wildcards, replaced by one socket per address.
  const std::set<Binding>& replaced() const noexcept { return replaced_; }
  /// Whether connections of some interfaces are not kept there yet, because other sockets on their port are just being
  /// closed: prepare() again later.
  bool incomplete() const noexcept { return incomplete_; }
  /// Closes what the workers have duplicates of, so that these are the last ones. Call before they end.
  void end() { arrivals_.update({}, 0); }
  /// Inherited sockets that no listener uses.
  std::vector<std::string> unused_inherited() const;

 private:
  void prepare_wildcards(Prepared& prepared, Replaced replaced, std::size_t number, const config::Listener& listener,
                         Transport transport, const InterfaceTable& interfaces);
  void prepare_addresses(Prepared& prepared, std::size_t number, const std::vector<Binding>& wanted,
                         std::error_code wildcard_error);
  /// @return the system's error
  std::error_code open(Prepared& prepared, const Binding& binding, std::size_t number);
  std::vector<std::variant<BoundUdp, BoundTcp>> open_on_all(const Binding& binding, Share first);
  bool shares_with_own(const Prepared& prepared, const Binding& binding) const;
  /// Whether the listener's device is there; if not, its sockets are missing.
  bool has_device(Prepared& prepared, const config::Listener& listener, Transport transport,
                  const InterfaceTable& interfaces) const;
  /// The interfaces that have a listening socket of their own beside one that is for all.
  std::vector<std::uint32_t> arrivals(const config::Listener& listener, const Binding& binding,
                                      const InterfaceTable& interfaces) const;
  /// Whether a socket with the same address and port may still be open, though no longer wanted.
  bool has_company(const Binding& binding) const;
  std::map<Binding, std::size_t> all_open() const;

  std::vector<boost::asio::any_io_executor> workers_;
  HostFamilies host_;
  InheritedSockets inherited_;
  std::map<Binding, std::size_t> open_;                              // index in `listeners:`
  std::map<Binding, std::chrono::steady_clock::time_point> closed_;  // recently; a worker may still have it open
  std::set<Binding> replaced_;
  ArrivalSockets arrivals_;
  bool incomplete_ = false;
};

}  // namespace thence
