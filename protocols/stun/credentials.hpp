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

/// The settings of `credentials:`. Immutable once read, and shared by all workers.
struct Credentials {
  std::string realm;  ///< for the long-term mechanism (RFC 8489 §9.2); empty: the short-term one (§9.1)
  Users users;
  std::chrono::seconds nonce_lifetime{600};  ///< long-term mechanism only, like the next one
  NonceSecret nonce_secret;
};

/// Reads `credentials:` and the users file that it names. All errors go to the cursor's problems.
/// @param before the credentials to be replaced: their nonces stay valid
/// @return nothing if the key is absent, or on errors, which are fatal unless the cursor says otherwise
std::shared_ptr<const Credentials> read_credentials(const config::Cursor& at, const Credentials* before = nullptr);

/// The result of checking a request's credentials. Valid for as long as the Credentials it was checked against.
struct Authentication {
  enum class Standing : std::uint8_t {
    accepted,         ///< or no credentials are required
    bad_request,      ///< error 400
    unauthenticated,  ///< error 401
    stale_nonce,      ///< error 438
  };
  Standing standing = Standing::accepted;
  /// The integrity attribute of the response to an accepted request (§9.1.3, §9.2.4 at their ends), and its key;
  /// without a key there is none.
  AttributeType integrity = AttributeType::message_integrity;
  IntegrityKey key{};

  bool accepted() const noexcept { return standing == Standing::accepted; }
};

/// Checks the credentials of requests. For one worker: it keeps OpenSSL contexts. It allocates nothing itself; OpenSSL
/// does for each HMAC (see message_integrity.cpp), but not for nonces.
class CredentialChecker {
 public:
  /// @throws std::runtime_error if OpenSSL has no HMAC or no SipHash, which read_credentials() rules out
  explicit CredentialChecker(std::shared_ptr<const Credentials> credentials);

  /// Makes the checks of RFC 8489 §9.1.3 or §9.2.4 in their order. They come before the check for unknown attributes
  /// (§6.3).
  ///
  /// RFC 3489 credentials are different: the HMAC covers the message padded to 64 octets, and there is no realm. Such a
  /// client is always unauthenticated.
  /// @param request a request whose FINGERPRINT, if any, is correct
  /// @param now as for Nonces
  Authentication check(const Message& request, const Route& route, std::uint32_t now) noexcept;

  /// Adds ERROR-CODE to the error response, and for a 401 or 438 of the long-term mechanism also REALM, NONCE and
  /// PASSWORD-ALGORITHMS. Such a response carries no integrity. A classic one has only ERROR-CODE, as RFC 3489 defines
  /// no more.
  /// @param authentication of the request, which was not accepted
  void add_refusal(MessageWriter& writer, const Authentication& authentication, const Route& route,
                   std::uint32_t now) noexcept;

  /// Adds the integrity attribute to a response, success or error, to an accepted request. Only FINGERPRINT may follow
  /// it. The writer must have room for largest_integrity_size octets.
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
