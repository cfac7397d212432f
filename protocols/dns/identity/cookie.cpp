#include "protocols/dns/identity/cookie.hpp"

#include "config/small_file.hpp"
#include "protocols/dns/wire/hexadecimal.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/crypto.h>
#include <openssl/rand.h>

namespace thence::dns {

namespace {

constexpr std::size_t longest_address = 16;
/// Octets of a COOKIE option with the shortest and with the longest server cookie (RFC 7873 §4).
constexpr std::size_t least_with_server = 16;
constexpr std::size_t most_with_server = 40;
/// The only known format of server cookies (RFC 9018 §4.1), and the offsets of its parts in the option.
constexpr std::uint8_t version = 1;
constexpr std::size_t version_at = Cookies::client_size;
constexpr std::size_t timestamp_at = 12;
constexpr std::size_t hash_at = 16;

/// A file of secrets is short; a longer one is something else.
constexpr std::size_t longest_file = 65536;
constexpr auto allowed_secret = "32 hexadecimal digits, such as `openssl rand -hex 16` makes";

std::optional<CookieSecret> read_secret(std::string_view text) {
  const auto octets = read_hexadecimal(text);
  CookieSecret secret;
  if (!octets || octets->size() != secret.size()) return std::nullopt;
  std::ranges::copy(*octets, secret.begin());
  return secret;
}

/// The content of a line, without comment and surrounding white space.
std::string_view content_of(std::string_view line) noexcept {
  constexpr std::string_view space = " \t\r";
  line = line.substr(0, line.find('#'));
  const auto first = line.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(space) + 1 - first);
}

std::vector<CookieSecret> read_secrets(const config::Cursor& at, const std::filesystem::path& file) {
  std::vector<CookieSecret> secrets;
  const auto text = config::read_small_file(at, file, "file of cookie secrets", longest_file);
  if (!text) return secrets;
  int line = 0;
  bool mistaken = false;
  const auto wrong = [&](int where, std::string message) {
    mistaken = true;
    at.problems().add({file.string(), where, 0, "", std::move(message)});
  };
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto content = content_of(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    ++line;
    if (content.empty()) continue;
    if (secrets.size() == most_cookie_secrets) {
      wrong(line, "too many secrets; allowed: at most " + std::to_string(most_cookie_secrets));
      break;
    }
    // Do not show the text: it may be a mistyped secret.
    const auto secret = read_secret(content);
    if (!secret) {
      wrong(line, "is not a cookie secret; allowed: " + std::string(allowed_secret));
      break;
    }
    secrets.push_back(*secret);
  }
  if (secrets.empty() && !mistaken) wrong(0, "has no cookie secret; allowed: " + std::string(allowed_secret));
  if (mistaken) secrets.clear();
  return secrets;
}

}  // namespace

void CookieSettings::keep_random_secret(const CookieSettings& before) {
  if (random && before.random) secrets = before.secrets;
}

CookieSettings read_cookies(const config::Cursor& at) {
  auto map = at.map();
  CookieSettings settings;
  settings.enabled = map["enabled"].boolean(true);
  const auto file = map["secret-file"];
  map.close();
  if (file.present()) {
    const auto path = file.file();
    if (!path.empty() && !file.is("")) settings.secrets = read_secrets(file, path);
  }
  if (!settings.enabled) {
    settings.secrets.clear();
    return settings;
  }
  if (!SipHash::is_available()) {
    at.wrong("the cryptographic library here has no SipHash; allowed: enabled: false");
    return settings;
  }
  if (!file.present()) {
    settings.random = true;
    CookieSecret secret;
    if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1) {
      at.wrong("there are no random numbers for a secret; allowed: secret-file, or enabled: false");
      return settings;
    }
    settings.secrets.push_back(secret);
  }
  return settings;
}

class Cookies::Input {
 public:
  /// @param start client cookie, version, reserved octets, timestamp
  Input(Octets start, const boost::asio::ip::address& client) noexcept {
    std::ranges::copy(start.first(hash_at), octets_.begin());
    const auto add = [&](const auto& address) {
      std::ranges::copy(address, octets_.begin() + hash_at);
      size_ = hash_at + address.size();
    };
    if (client.is_v4()) {
      add(client.to_v4().to_bytes());
    } else {
      add(client.to_v6().to_bytes());
    }
  }

  Octets octets() const noexcept { return {octets_.data(), size_}; }

 private:
  std::array<std::uint8_t, hash_at + longest_address> octets_;
  std::size_t size_ = 0;
};

Cookies::Cookies(const std::vector<CookieSecret>& secrets) : secrets_(secrets) {}

Cookies::Checked Cookies::check(Octets option, const boost::asio::ip::address& client, std::uint32_t now) noexcept {
  Checked checked;
  if (option.size() != client_size && (option.size() < least_with_server || option.size() > most_with_server)) {
    checked.standing = CookieStanding::malformed;
    return checked;
  }
  checked.standing = CookieStanding::client_only;
  if (option.size() > client_size) {
    checked.standing = CookieStanding::bad;
    if (option.size() == reply_size && option[version_at] == version) {
      // Serial number arithmetic (RFC 1982), as 32 bits of seconds wrap around.
      const auto age = static_cast<std::int32_t>(now - load32(option.data() + timestamp_at));
      const std::size_t by = age <= lifetime && age >= -ahead ? maker(option, Input(option, client)) : secrets_.size();
      if (by != secrets_.size()) checked.standing = CookieStanding::good;
      if (by == 0 && age <= renewal) {
        std::ranges::copy(option, checked.reply.begin());
        return checked;
      }
    }
  }
  std::ranges::copy(option.first(client_size), checked.reply.begin());
  store32(checked.reply.data() + version_at, std::uint32_t{version} << 24U);
  store32(checked.reply.data() + timestamp_at, now);
  if (const auto made = hash_(secrets_.front(), Input(checked.reply, client).octets())) {
    std::ranges::copy(*made, checked.reply.begin() + hash_at);
  } else {
    checked.standing = CookieStanding::absent;
  }
  return checked;
}

std::size_t Cookies::maker(Octets option, const Input& input) noexcept {
  for (std::size_t i = 0; i < secrets_.size(); ++i) {
    const auto made = hash_(secrets_[i], input.octets());
    if (made && CRYPTO_memcmp(made->data(), option.data() + hash_at, made->size()) == 0) return i;
  }
  return secrets_.size();
}

}  // namespace thence::dns
