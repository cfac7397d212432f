#pragma once

#include "protocols/protocol.hpp"
#include "responder/log.hpp"

#include <string_view>
#include <vector>

namespace thence {

/// A protocol as it is served on a worker.
struct ServedProtocol {
  std::string_view name;
  Protocol* protocol = nullptr;
};

/// The protocols of one port. It stays as it is while the worker runs, but for what its protocols point to.
using Port = std::vector<ServedProtocol>;

/// Brings a request to its protocol, counts the outcome and logs it. One for each worker.
class Dispatch {
 public:
  /// @param interfaces live; for the names in the log
  explicit Dispatch(const InterfaceTable& interfaces) : interfaces_(&interfaces) {}

  /// The protocol of a datagram: that of the port, or on a shared port the one that claims it.
  /// @return nullptr when none does
  static const ServedProtocol* choose(const Port& port, std::span<const std::byte> payload) noexcept;

  /// Answers a request. The reply's size is 0 when nothing is to be sent.
  Verdict::Action respond(const ServedProtocol& served, const Request& request, Reply& reply);

  /// Logs, at a limited rate, a request that the responder itself did not answer.
  void refused(const Route& route, std::string_view cause);

 private:
  void log(log::LogLevel level, std::string_view message, std::string_view protocol, const Route& route,
           const Verdict& verdict, std::int64_t held_back) const;

  const InterfaceTable* interfaces_;
  log::Limit limit_;
};

}  // namespace thence
