#pragma once

#include "config/reader.hpp"
#include "protocols/route.hpp"
#include "protocols/stun/message.hpp"
#include "protocols/stun/message_integrity.hpp"
#include "protocols/stun/nonce.hpp"
#include "protocols/stun/users.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace thence::stun {

/// What `credentials:` says. Immutable once it is read, and shared by all workers.
struct Credentials {
  std::string realm;  ///< of the long-term mechanism (RFC 8489 §9.2); empty: the short-term one (§9.1)
  Users users;
  std::chrono::seconds nonce_lifetime{600};  ///< of the long-term mechanism, as the next one
  NonceSecret nonce_secret;
};

/// Reads `credentials:` and the users file that it names. Mistakes go to the cursor's problems, all of them.
/// @param before what is replaced: nonces that were made with it hold on
/// @return nothing where the key is absent, or with mistakes, which are fatal unless the cursor says otherwise
std::shared_ptr<const Credentials> read_credentials(const config::Cursor& at, const Credentials* before = nullptr);

/// What the credentials of a request are worth. It lives as long as the Credentials that it was checked with.
struct Authentication {
  enum class Standing : std::uint8_t {
    accepted,         ///< or no credentials are asked for
    bad_request,      ///< error 400
    unauthenticated,  ///< error 401
    stale_nonce,      ///< error 438
  };
  Standing standing = Standing::accepted;
  /// What the response carries where the request is accepted (§9.1.3, §9.2.4 at their ends), and its key; without a key
  /// it carries none.
  AttributeType integrity = AttributeType::message_integrity;
  IntegrityKey key{};

  bool accepted() const noexcept { return standing == Standing::accepted; }
};

/// Checks the credentials of requests. Of one worker: it keeps what the cryptographic library works with. It allocates
/// nothing itself; OpenSSL does so for each HMAC (see message_integrity.cpp), for nonces it does not.
class CredentialChecker {
 public:
  /// @throws std::runtime_error where the cryptographic library has no HMAC or no SipHash, of which read_credentials()
  ///         makes sure
  explicit CredentialChecker(std::shared_ptr<const Credentials> credentials);

  /// Makes the checks of RFC 8489 §9.1.3 or §9.2.4 in their order. To be done before attributes that are unknown are
  /// looked for (§6.3).
  ///
  /// A client of RFC 3489 has other credentials: its HMAC covers the message padded to 64 octets, and it knows no
  /// realm. It is unauthenticated, whatever it sends.
  /// @param request a request whose FINGERPRINT, if there is one, is right
  /// @param now as for Nonces
  Authentication check(const Message& request, const Route& route, std::uint32_t now) noexcept;

  /// Adds ERROR-CODE to the error response, and with a 401 or 438 of the long-term mechanism REALM, NONCE and
  /// PASSWORD-ALGORITHMS. Such a response carries no integrity. A classic one has ERROR-CODE only: RFC 3489 knows
  /// nothing else to say.
  /// @param authentication that of the request, which was not accepted
  void add_refusal(MessageWriter& writer, const Authentication& authentication, const Route& route,
                   std::uint32_t now) noexcept;

  /// Adds the integrity that a response carries to a request that was accepted, be it success or error. To be added
  /// last but for FINGERPRINT; the writer has room for largest_integrity_size octets.
  void add_integrity(MessageWriter& writer, const Authentication& authentication) noexcept;

 private:
  struct Presented;

  Authentication check_short_term(const Message& request, const Presented& presented) noexcept;
  Authentication check_long_term(const Message& request, const Presented& presented, const Endpoint& client,
                                 std::uint32_t now) noexcept;
  bool holds(const Message& request, const Presented& presented, IntegrityKey key) noexcept;

  std::shared_ptr<const Credentials> credentials_;
  MessageIntegrity integrity_;
  std::optional<Nonces> nonces_;  // of the long-term mechanism
};

}  // namespace thence::stun
