#pragma once

#include "config/reader.hpp"
#include "protocols/protocol.hpp"
#include "protocols/stun/alternate_address.hpp"
#include "protocols/stun/change_request.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace thence::stun {

/// The settings of `behavior-discovery:` (RFC 5780).
struct BehaviorSettings {
  std::uint16_t alternate_port = 3479;
  std::vector<AddressPair> pairs;  ///< empty: the host's addresses are paired
  bool response_port = false;      ///< whether RESPONSE-PORT is supported
  bool padding = false;            ///< whether PADDING is supported
  unsigned amplification = 6;      ///< a reply is at most this many times as long as its request
};

/// Reads a section `behavior-discovery`: a mapping, or `true` for the defaults.
/// @return nothing if it is off
std::optional<BehaviorSettings> read_behavior(const config::Cursor& at);

/// Where a request can be answered from: the four sources of RFC 5780 §6.1, table 1, which are made of two addresses
/// and two ports.
struct Sources {
  Endpoint asked;                 ///< Da:Dp
  std::optional<Endpoint> other;  ///< Ca:Cp; nothing without a second address and port

  /// @param change has no effect without `other`
  Endpoint changed(ChangeRequest change) const noexcept {
    if (!other) return asked;
    return {change.address ? other->address() : asked.address(), change.port ? other->port() : asked.port()};
  }
};

/// NAT behaviour discovery on one worker.
class NatBehavior {
 public:
  /// @param host must outlive it
  NatBehavior(const BehaviorSettings& settings, Host& host);

  const BehaviorSettings& settings() const noexcept { return settings_; }

  void interfaces_changed();
  void follow(const NatBehavior& before) { alternates_.follow(before.alternates_); }

  Sources sources(const Route& route) const noexcept;

  /// The public form of a source, which differs behind 1:1 NAT.
  Endpoint advertised(const Endpoint& source) const noexcept;

 private:
  /// @return 0 if there is none
  std::uint16_t other_port(const Endpoint& asked) const noexcept;
  bool serves(const Endpoint& source) const noexcept;

  BehaviorSettings settings_;
  const InterfaceTable* interfaces_;
  const SourceTable* sockets_;
  config::AdvertisedAddresses advertised_;
  AlternateAddresses alternates_;
};

}  // namespace thence::stun
