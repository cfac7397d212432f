#pragma once

#include "config/reader.hpp"
#include "protocols/dns/wire/network_order.hpp"
#include "protocols/sip_hash.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// Servers that share it accept each other's cookies (RFC 9018 §3).
using CookieSecret = SipHash::Key;

/// How many secrets are accepted: one to make cookies, others for rollover.
inline constexpr std::size_t most_cookie_secrets = 8;

/// The settings of `cookies:`.
struct CookieSettings {
  bool enabled = true;
  bool random = false;  ///< the secret is generated rather than from a file: no other server has it
  /// The first one makes cookies, all are accepted (RFC 9018 §5). Empty if cookies are off or errors were reported.
  std::vector<CookieSecret> secrets;

  /// Keeps the generated secret across a reload, so that clients' cookies stay valid.
  void keep_random_secret(const CookieSettings& before);
};

/// Reads `cookies:` and the file with secrets that it names: 32 hexadecimal digits per line, `#` starts a comment.
/// Errors go to the cursor's problems, those in the file with its name and line.
CookieSettings read_cookies(const config::Cursor& at);

/// The result of checking a query's COOKIE option (RFC 7873 §5.2).
enum class CookieStanding : std::uint8_t {
  absent,
  malformed,    ///< its length is invalid
  client_only,  ///< the client has no server cookie yet
  bad,          ///< the server cookie was not made here, or is too old
  good,         ///< proves that the client has received a reply at this address before
};

/// Checks and makes server cookies (RFC 9018 §4), for one worker.
class Cookies {
 public:
  /// Octets of a client cookie, and of the option data in a reply: client cookie and server cookie.
  static constexpr std::size_t client_size = 8;
  static constexpr std::size_t reply_size = 24;

  /// In seconds (RFC 9018 §4.3): how long a server cookie is valid, how far ahead another server's clock may be, and
  /// the age from which a client gets a new one.
  static constexpr std::int32_t lifetime = 3600;
  static constexpr std::int32_t ahead = 300;
  static constexpr std::int32_t renewal = 1800;

  struct Checked {
    CookieStanding standing = CookieStanding::absent;
    /// The option data for the reply, if the query's was well-formed.
    std::array<std::uint8_t, reply_size> reply;
  };

  /// @param secrets at least one
  /// @throws std::runtime_error if OpenSSL has no SipHash
  explicit Cookies(const std::vector<CookieSecret>& secrets);

  /// @param option the option data of the query
  /// @param now seconds since 1970 modulo 2^32 (RFC 9018 §4.3)
  Checked check(Octets option, const boost::asio::ip::address& client, std::uint32_t now) noexcept;

 private:
  /// What is hashed: client cookie, version, reserved octets, timestamp, address (RFC 9018 §4.4).
  class Input;

  /// @return index of the secret that made the server cookie; the number of secrets if none did
  std::size_t maker(Octets option, const Input& input) noexcept;

  std::vector<CookieSecret> secrets_;
  SipHash hash_;
};

}  // namespace thence::dns
