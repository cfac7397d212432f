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

/// How many secrets are accepted: one to make cookies and some to roll over from or to.
inline constexpr std::size_t most_cookie_secrets = 8;

/// What `cookies:` says.
struct CookieSettings {
  bool enabled = true;
  bool random = false;  ///< the secret is not from a file but made up: no other server has it
  /// The first one makes cookies, all are accepted (RFC 9018 §5). None where cookies are off or mistakes were told.
  std::vector<CookieSecret> secrets;

  /// Settings that are read again keep the secret that was made up before, so that clients can keep their cookies.
  void keep_random_secret(const CookieSettings& before);
};

/// Reads `cookies:` and the file with secrets that it names: 32 hexadecimal digits a line, `#` starts a comment.
/// Mistakes go to the cursor's problems, those in the file with its name and line.
CookieSettings read_cookies(const config::Cursor& at);

/// What the COOKIE option of a query is worth (RFC 7873 §5.2).
enum class CookieStanding : std::uint8_t {
  absent,
  malformed,    ///< of a length that no cookie has
  client_only,  ///< the client knows no server cookie yet
  bad,          ///< the server cookie is not from here, or too old
  good,         ///< the client has been answered at this address before
};

/// Checks and makes server cookies (RFC 9018 §4). Of one worker.
class Cookies {
 public:
  /// Octets of a client cookie, and of the data of a reply's option: client cookie and server cookie.
  static constexpr std::size_t client_size = 8;
  static constexpr std::size_t reply_size = 24;

  /// How long a server cookie holds, how far ahead another server's clock may be, and from when on a client gets a new
  /// one, in seconds (RFC 9018 §4.3).
  static constexpr std::int32_t lifetime = 3600;
  static constexpr std::int32_t ahead = 300;
  static constexpr std::int32_t renewal = 1800;

  struct Checked {
    CookieStanding standing = CookieStanding::absent;
    /// The data of the reply's option, where the query's was well-formed.
    std::array<std::uint8_t, reply_size> reply;
  };

  /// @param secrets at least one
  /// @throws std::runtime_error where the cryptographic library has no SipHash
  explicit Cookies(const std::vector<CookieSecret>& secrets);

  /// @param option the data of the query's option
  /// @param now seconds since 1970 modulo 2^32 (RFC 9018 §4.3)
  Checked check(Octets option, const boost::asio::ip::address& client, std::uint32_t now) noexcept;

 private:
  /// What is hashed: client cookie, version, reserved octets, timestamp, address (RFC 9018 §4.4).
  class Input;

  /// @return the place among the secrets of that which made the server cookie; their number where none did
  std::size_t maker(Octets option, const Input& input) noexcept;

  std::vector<CookieSecret> secrets_;
  SipHash hash_;
};

}  // namespace thence::dns
