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

/// What `behavior-discovery:` says (RFC 5780).
struct BehaviorSettings {
  std::uint16_t alternate_port = 3479;
  std::vector<AddressPair> pairs;  ///< none: the host's addresses are paired
  bool response_port = false;      ///< whether RESPONSE-PORT is understood
  bool padding = false;            ///< whether PADDING is understood
  unsigned amplification = 6;      ///< a reply has at most so many times the octets of its request
};

/// Reads a section `behavior-discovery`: a mapping, or `true` for the defaults.
/// @return nothing where it is off
std::optional<BehaviorSettings> read_behavior(const config::Cursor& at);

/// From where a request can be answered: the four sources of RFC 5780 §6.1, table 1, of which two addresses and two
/// ports are enough to know.
struct Sources {
  Endpoint asked;                 ///< Da:Dp
  std::optional<Endpoint> other;  ///< Ca:Cp; nothing without a second address and port

  /// @param change what can be had: without `other`, nothing
  Endpoint changed(ChangeRequest change) const noexcept {
    if (!other) return asked;
    return {change.address ? other->address() : asked.address(), change.port ? other->port() : asked.port()};
  }
};

/// Behaviour discovery on one worker.
class NatBehavior {
 public:
  /// @param host must outlive it
  NatBehavior(const BehaviorSettings& settings, Host& host);

  const BehaviorSettings& settings() const noexcept { return settings_; }

  void interfaces_changed();
  void follow(const NatBehavior& before) { alternates_.follow(before.alternates_); }

  Sources sources(const Route& route) const noexcept;

  /// A source as the world knows it, which differs behind 1:1 NAT.
  Endpoint advertised(const Endpoint& source) const noexcept;

 private:
  /// @return 0 when there is none
  std::uint16_t other_port(const Endpoint& asked) const noexcept;
  bool serves(const Endpoint& source) const noexcept;

  BehaviorSettings settings_;
  const InterfaceTable* interfaces_;
  const SourceTable* sockets_;
  config::AdvertisedAddresses advertised_;
  AlternateAddresses alternates_;
};

}  // namespace thence::stun
