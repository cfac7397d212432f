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

/// The protocols of one port.
using Port = std::vector<const ServedProtocol*>;

/// Brings a request to its protocol, counts the outcome and logs it. One for each worker.
class Dispatch {
 public:
  /// @param interfaces live; for the names in the log
  Dispatch(const InterfaceTable& interfaces, TrafficTable& traffic) : interfaces_(&interfaces), traffic_(&traffic) {}

  /// The protocol of a datagram: that of the port, or on a shared port the one that claims it.
  /// @return nullptr when none does
  static const ServedProtocol* choose(const Port& port, std::span<const std::byte> payload) noexcept;

  /// Answers a request. The reply's size is 0 when nothing is to be sent.
  Verdict::Action respond(const ServedProtocol& served, const Request& request, Reply& reply);

  /// Counts a reply that a protocol had deferred.
  void answered(const ServedProtocol& served, const Route& route) noexcept {
    ++traffic_->traffic(route, served.number).replies;
  }

  /// Counts a request that the responder itself did not answer, and logs it at a limited rate.
  void refused(const Route& route, std::string_view cause);

 private:
  void log(log::LogLevel level, std::string_view message, std::string_view protocol, const Route& route,
           const Verdict& verdict, std::int64_t held_back) const;

  const InterfaceTable* interfaces_;
  TrafficTable* traffic_;
  log::Limit limit_;
};

}  // namespace thence
