#pragma once

#include "protocols/protocol.hpp"
#include "responder/dispatch/traffic_table.hpp"
#include "responder/log/log.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace thence {

/// A protocol as served on a worker. Its address is stable while the worker runs; a reload replaces the protocol that
/// it points to.
struct ServedProtocol {
  std::string_view name;
  std::size_t number = 0;  ///< index among the plugins
  Protocol* protocol = nullptr;
};

/// The protocols of a port over one transport.
using ServedProtocols = std::vector<const ServedProtocol*>;

/// Passes each request to its protocol, counts the outcome and logs it. One per worker.
class Dispatch {
 public:
  /// @param interfaces updated by the worker; used for names in the log
  Dispatch(const InterfaceTable& interfaces, TrafficTable& traffic) : interfaces_(&interfaces), traffic_(&traffic) {}

  /// The protocol for a datagram: the port's only one or, on a shared port, the one that claims it.
  /// @return nullptr if none does
  static const ServedProtocol* choose(const ServedProtocols& protocols, std::span<const std::byte> payload) noexcept;

  /// Answers a request. The reply's size is 0 if nothing is to be sent.
  /// @param path for the reply, if the protocol defers it
  Verdict::Action respond(const ServedProtocol& served, const Request& request, Reply& reply, ReplyPath& path);

  /// Counts a reply that a protocol had deferred. @param protocol its index
  void answered(std::size_t protocol, const Route& route) noexcept { ++traffic_->traffic(route, protocol).replies; }

  /// Counts a request that the responder itself rejected, and logs it at a limited rate.
  /// @param counter for that cause
  void refused(const Route& route, std::string_view cause, Counter& counter);

 private:
  void log(log::LogLevel level, std::string_view message, const ServedProtocol& served, const Request& request,
           const Verdict& verdict, std::int64_t held_back) const;

  const InterfaceTable* interfaces_;
  TrafficTable* traffic_;
  log::Limit limit_;
};

}  // namespace thence
