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

/// What only the server knows, which tells its nonces from others'.
struct NonceSecret {
  SipHash::Key key{};
  std::uint32_t epoch = 0;  ///< added to the time, so that nonces do not tell how long the host has been up

  /// @return nothing where there are no random numbers
  static std::optional<NonceSecret> make_up() noexcept;
};

/// The value of a NONCE: the nonce cookie (RFC 8489 §9.2), then in base64 a time and a MAC of it.
using Nonce = std::array<std::byte, 29>;

/// Whether a nonce starts with a nonce cookie whose bit "Password algorithms" is set (RFC 8489 §9.2, §18.1).
bool has_password_algorithms_bit(std::span<const std::byte> nonce) noexcept;

/// Makes and checks nonces, and keeps none of them: each has the time when it was made and a MAC over that and the
/// client's address and port, so no two clients get the same (RFC 8489 §9.2.4). The nonce cookie has the bits "Password
/// algorithms" and "Username anonymity". Of one worker; others with the same secret accept its nonces.
class Nonces {
 public:
  /// @param lifetime at most 2^31 - 1 seconds
  /// @throws std::runtime_error where the cryptographic library has no SipHash
  Nonces(const NonceSecret& secret, std::chrono::seconds lifetime);

  /// @param now seconds modulo 2^32 of a monotonic clock, seconds_of() it
  Nonce make(const Endpoint& client, std::uint32_t now) noexcept;

  /// Whether a nonce was made with this secret for that client, and not longer ago than the lifetime.
  bool holds(std::span<const std::byte> nonce, const Endpoint& client, std::uint32_t now) noexcept;

 private:
  std::optional<Nonce> made_at(std::uint32_t time, const Endpoint& client) noexcept;

  NonceSecret secret_;
  std::int32_t lifetime_;
  SipHash hash_;
};

}  // namespace thence::stun
