#pragma once

#include "protocols/route.hpp"
#include "protocols/sip_hash.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thence::stun {

/// Known only to the server: authenticates its nonces.
struct NonceSecret {
  SipHash::Key key{};
  std::uint32_t epoch = 0;  ///< added to the time, so that nonces do not reveal the host's uptime

  /// @return nothing if no random numbers are available
  static std::optional<NonceSecret> make_up() noexcept;
};

/// The value of a NONCE: the nonce cookie (RFC 8489 §9.2), then a time and its MAC in base64.
using Nonce = std::array<std::byte, 29>;

/// Whether a nonce starts with a nonce cookie whose bit "Password algorithms" is set (RFC 8489 §9.2, §18.1).
bool has_password_algorithms_bit(std::span<const std::byte> nonce) noexcept;

/// Makes and checks nonces without storing any: each contains the time it was made and a MAC over that time and the
/// client's address and port, so no two clients get the same (RFC 8489 §9.2.4). The nonce cookie has the bits "Password
/// algorithms" and "Username anonymity" set. For one worker; others with the same secret accept its nonces.
class Nonces {
 public:
  /// @param lifetime at most 2^31 - 1 seconds
  /// @throws std::runtime_error if OpenSSL has no SipHash
  Nonces(const NonceSecret& secret, std::chrono::seconds lifetime);

  /// @param now seconds_of() a monotonic clock: seconds modulo 2^32
  Nonce make(const Endpoint& client, std::uint32_t now) noexcept;

  /// Whether a nonce was made with this secret for that client, and is not older than the lifetime.
  bool holds(std::span<const std::byte> nonce, const Endpoint& client, std::uint32_t now) noexcept;

 private:
  std::optional<Nonce> made_at(std::uint32_t time, const Endpoint& client) noexcept;

  NonceSecret secret_;
  std::int32_t lifetime_;
  SipHash hash_;
};

}  // namespace thence::stun
