#include "protocols/stun/credentials.hpp"

#include "protocols/stun/error_code.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

namespace thence::stun {
namespace {

using namespace std::chrono_literals;
using Standing = Authentication::Standing;

constexpr std::size_t longest_realm = 127;  // characters (RFC 8489 §14.9), each of at least one octet

/// An entry of PASSWORD-ALGORITHMS and the value of PASSWORD-ALGORITHM (RFC 8489 §14.11, §14.12, §18.5): a number and
/// the length of its parameters, of which these two have none.
constexpr std::size_t algorithm_size = 4;
constexpr std::array<std::byte, 2 * algorithm_size> algorithms{
    std::byte{}, std::byte{2}, std::byte{}, std::byte{},  // SHA-256, preferred
    std::byte{}, std::byte{1}, std::byte{}, std::byte{},  // MD5
};
constexpr auto sha256_algorithm = std::span(algorithms).first<algorithm_size>();
constexpr auto md5_algorithm = std::span(algorithms).last<algorithm_size>();

bool is(const std::optional<Attribute>& attribute, std::span<const std::byte> value) noexcept {
  return attribute && std::ranges::equal(attribute->value, value);
}

void add_octets(MessageWriter& writer, AttributeType type, std::span<const std::byte> value) noexcept {
  std::ranges::copy(value, writer.add(type, value.size()).begin());
}

bool fits_a_realm(std::string_view realm) noexcept {
  return !realm.empty() && realm.size() <= longest_realm && std::ranges::none_of(realm, [](unsigned char each) {
    return each < ' ' || each == 0x7f || each == '"' || each == '\\';
  });
}

bool has_cryptography() {
  try {
    const MessageIntegrity integrity;
    return SipHash::is_available();
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

std::shared_ptr<const Credentials> read_credentials(const config::Cursor& at, const Credentials* before) {
  if (!at.present()) return nullptr;
  const auto mistakes = at.problems().count();
  const auto credentials = std::make_shared<Credentials>();
  auto map = at.map();

  const auto realm = map["realm"];
  credentials->realm = realm.string("");
  // No realm means the other mechanism, so never treat an invalid one as absent.
  if (realm.present() && !fits_a_realm(credentials->realm)) {
    realm.wrong("is no realm; allowed: 1 to " + std::to_string(longest_realm) +
                " octets without quotes, backslashes and control characters, such as a domain name");
  }

  const auto lifetime = map["nonce-lifetime"];
  credentials->nonce_lifetime =
      std::chrono::duration_cast<std::chrono::seconds>(lifetime.duration(10s, 24h, credentials->nonce_lifetime));
  if (lifetime.present() && !realm.present()) {
    lifetime.wrong("there are no nonces without a realm; allowed: together with realm");
  }

  const auto file = map["users-file"];
  map.close();
  const auto path = file.file();
  if (!path.empty() && !file.is("")) credentials->users = read_users(file, path, credentials->realm);

  if (!has_cryptography()) {
    at.wrong("the cryptographic library here has no HMAC or no SipHash; allowed: no credentials");
  }
  if (before != nullptr && !before->realm.empty()) {
    credentials->nonce_secret = before->nonce_secret;
  } else if (const auto secret = NonceSecret::make_up()) {
    credentials->nonce_secret = *secret;
  } else {
    at.wrong("there are no random numbers for nonces; allowed: no credentials");
  }
  return at.problems().count() == mistakes ? credentials : nullptr;
}

/// The credentials in a request.
struct CredentialChecker::Presented {
  explicit Presented(const Message& request) noexcept {
    for (const Attribute each : request) {
      auto* const place = place_of(each.type);
      // The first one counts (RFC 8489 §14).
      if (place != nullptr && !*place) *place = each;
    }
  }

  /// The one that the server checks if both are present.
  const std::optional<Attribute>& checked() const noexcept { return integrity_sha256 ? integrity_sha256 : integrity; }

  std::optional<Attribute> username;
  std::optional<Attribute> userhash;
  std::optional<Attribute> realm;
  std::optional<Attribute> nonce;
  std::optional<Attribute> password_algorithm;
  std::optional<Attribute> password_algorithms;
  std::optional<Attribute> integrity;
  std::optional<Attribute> integrity_sha256;

 private:
  std::optional<Attribute>* place_of(AttributeType type) noexcept {
    switch (type) {
      case AttributeType::username:
        return &username;
      case AttributeType::userhash:
        return &userhash;
      case AttributeType::realm:
        return &realm;
      case AttributeType::nonce:
        return &nonce;
      case AttributeType::password_algorithm:
        return &password_algorithm;
      case AttributeType::password_algorithms:
        return &password_algorithms;
      case AttributeType::message_integrity:
        return &integrity;
      case AttributeType::message_integrity_sha256:
        return &integrity_sha256;
      default:
        return nullptr;
    }
  }
};

CredentialChecker::CredentialChecker(std::shared_ptr<const Credentials> credentials)
    : credentials_(std::move(credentials)) {
  if (!credentials_->realm.empty()) nonces_.emplace(credentials_->nonce_secret, credentials_->nonce_lifetime);
}

Authentication CredentialChecker::check(const Message& request, const Route& route, std::uint32_t now) noexcept {
  if (request.classic()) return {.standing = Standing::unauthenticated};
  const Presented presented(request);
  return nonces_ ? check_long_term(request, presented, route.peer, now) : check_short_term(request, presented);
}

Authentication CredentialChecker::check_short_term(const Message& request, const Presented& presented) noexcept {
  if (!presented.checked() || !presented.username) return {.standing = Standing::bad_request};
  const auto* const user = credentials_->users.find(presented.username->value);
  if (user == nullptr) return {.standing = Standing::unauthenticated};
  const auto key = std::as_bytes(std::span(user->password));
  if (!holds(request, presented, key)) return {.standing = Standing::unauthenticated};
  return {.integrity = presented.checked()->type, .key = key};
}

Authentication CredentialChecker::check_long_term(const Message& request, const Presented& presented,
                                                  const Endpoint& client, std::uint32_t now) noexcept {
  if (!presented.checked()) return {.standing = Standing::unauthenticated};
  if ((!presented.username && !presented.userhash) || !presented.realm || !presented.nonce) {
    return {.standing = Standing::bad_request};
  }
  const bool named = presented.password_algorithm || presented.password_algorithms;
  // Without that bit the nonce is not from this server, so nothing will be accepted; the checks still made lead the
  // client to a new one.
  const bool chosen = named && has_password_algorithms_bit(presented.nonce->value);
  const bool sha256 = chosen && is(presented.password_algorithm, sha256_algorithm);
  if (chosen && (!is(presented.password_algorithms, algorithms) ||
                 (!sha256 && !is(presented.password_algorithm, md5_algorithm)))) {
    return {.standing = Standing::bad_request};
  }
  const auto* const user = presented.username ? credentials_->users.find(presented.username->value)
                                              : credentials_->users.find_hashed(presented.userhash->value);
  // Users belong to a realm; a client that names another one is told the right one.
  if (user == nullptr || !is(presented.realm, std::as_bytes(std::span(credentials_->realm)))) {
    return {.standing = Standing::unauthenticated};
  }
  const auto key = sha256 ? IntegrityKey(user->sha256_key) : IntegrityKey(user->md5_key);
  if (!holds(request, presented, key)) return {.standing = Standing::unauthenticated};
  if (!nonces_->holds(presented.nonce->value, client, now)) return {.standing = Standing::stale_nonce};
  return {.integrity = named ? AttributeType::message_integrity_sha256 : AttributeType::message_integrity, .key = key};
}

bool CredentialChecker::holds(const Message& request, const Presented& presented, IntegrityKey key) noexcept {
  const auto& attribute = *presented.checked();
  // Only usages that allow it may truncate it (RFC 8489 §14.6); neither usage served here does (§12, RFC 5780).
  const bool truncated = attribute.type == AttributeType::message_integrity_sha256 &&
                         attribute.value.size() + attribute_header_size != largest_integrity_size;
  return !truncated && integrity_.holds(request, attribute, key);
}

void CredentialChecker::add_refusal(MessageWriter& writer, const Authentication& authentication, const Route& route,
                                    std::uint32_t now) noexcept {
  switch (authentication.standing) {
    case Standing::accepted:
      return;
    case Standing::bad_request:
      add_error_code(writer, 400, "Bad Request");
      return;
    case Standing::unauthenticated:
      add_error_code(writer, 401, "Unauthenticated");
      break;
    case Standing::stale_nonce:
      add_error_code(writer, 438, "Stale Nonce");
      break;
  }
  if (!nonces_ || writer.classic()) return;
  add_octets(writer, AttributeType::realm, std::as_bytes(std::span(credentials_->realm)));
  add_octets(writer, AttributeType::nonce, nonces_->make(route.peer, now));
  add_octets(writer, AttributeType::password_algorithms, algorithms);
}

void CredentialChecker::add_integrity(MessageWriter& writer, const Authentication& authentication) noexcept {
  if (authentication.accepted() && !authentication.key.empty()) {
    integrity_.add(writer, authentication.integrity, authentication.key);
  }
}

}  // namespace thence::stun
