#pragma once

#include "protocols/protocol.hpp"
#include "responder/dispatch/traffic_table.hpp"
#include "responder/log/log.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace thence {

/// A protocol as it is served on a worker. It stays where it is while the worker runs; another protocol takes the place
/// of the one that it points to when settings are read again.
struct ServedProtocol {
  std::string_view name;
  std::size_t number = 0;  ///< its place among the plugins
  Protocol* protocol = nullptr;
};

/// The protocols of a port, over one transport.
using ServedProtocols = std::vector<const ServedProtocol*>;

/// Brings a request to its protocol, counts the outcome and logs it. One for each worker.
class Dispatch {
 public:
  /// @param interfaces live; for the names in the log
  Dispatch(const InterfaceTable& interfaces, TrafficTable& traffic) : interfaces_(&interfaces), traffic_(&traffic) {}

  /// The protocol of a datagram: that of the port, or on a shared port the one that claims it.
  /// @return nullptr when none does
  static const ServedProtocol* choose(const ServedProtocols& protocols, std::span<const std::byte> payload) noexcept;

  /// Answers a request. The reply's size is 0 when nothing is to be sent.
  /// @param path by which the reply leaves, where the protocol defers it
  Verdict::Action respond(const ServedProtocol& served, const Request& request, Reply& reply, ReplyPath& path);

  /// Counts a reply that a protocol had deferred. @param protocol its number
  void answered(std::size_t protocol, const Route& route) noexcept { ++traffic_->traffic(route, protocol).replies; }

  /// Counts a request that the responder itself did not answer, and logs it at a limited rate.
  /// @param counter of that cause
  void refused(const Route& route, std::string_view cause, Counter& counter);

 private:
  void log(log::LogLevel level, std::string_view message, const ServedProtocol& served, const Request& request,
           const Verdict& verdict, std::int64_t held_back) const;

  const InterfaceTable* interfaces_;
  TrafficTable* traffic_;
  log::Limit limit_;
};

}  // namespace thence
