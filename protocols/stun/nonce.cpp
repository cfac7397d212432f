#include "protocols/stun/nonce.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>
#include <string_view>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace thence::stun {
namespace {

constexpr std::string_view cookie_start = "obMatJos2";
constexpr std::size_t features_size = 4;  // 24 bits in base64
constexpr std::size_t cookie_size = cookie_start.size() + features_size;
/// Bits are counted from the most significant one of the first octet (RFC 8489 §9.2).
constexpr std::byte password_algorithms{0x80};
constexpr std::byte username_anonymity{0x40};

constexpr std::size_t time_size = 4;
static_assert(std::tuple_size_v<Nonce> == cookie_size + (time_size + std::tuple_size_v<SipHash::Value>) / 3 * 4);

unsigned char* characters(std::byte* octets) noexcept { return reinterpret_cast<unsigned char*>(octets); }
const unsigned char* characters(const std::byte* octets) noexcept {
  return reinterpret_cast<const unsigned char*>(octets);
}

/// What the MAC covers: the time and the client's port and address.
class Covered {
 public:
  Covered(std::uint32_t time, const Endpoint& client) noexcept {
    store32(octets_.data(), time);
    store16(octets_.data() + time_size, client.port());
    const auto add = [&](const auto& address) noexcept {
      std::ranges::copy(address, octets_.begin() + address_at);
      size_ = address_at + address.size();
    };
    if (client.address().is_v4()) {
      add(client.address().to_v4().to_bytes());
    } else {
      add(client.address().to_v6().to_bytes());
    }
  }

  std::span<const std::uint8_t> octets() const noexcept { return std::span(octets_).first(size_); }

 private:
  static constexpr std::size_t address_at = time_size + 2;
  std::array<std::uint8_t, address_at + 16> octets_{};
  std::size_t size_ = 0;
};

}  // namespace

std::optional<NonceSecret> NonceSecret::make_up() noexcept {
  NonceSecret secret;
  std::array<std::byte, 4> epoch{};
  if (RAND_bytes(secret.key.data(), static_cast<int>(secret.key.size())) != 1 ||
      RAND_bytes(characters(epoch.data()), static_cast<int>(epoch.size())) != 1) {
    return {};
  }
  secret.epoch = load32(epoch);
  return secret;
}

bool has_password_algorithms_bit(std::span<const std::byte> nonce) noexcept {
  if (nonce.size() < cookie_size) return false;
  if (!std::ranges::equal(nonce.first(cookie_start.size()), std::as_bytes(std::span(cookie_start)))) return false;
  std::array<std::byte, 3> features{};
  return EVP_DecodeBlock(characters(features.data()), characters(&nonce[cookie_start.size()]), features_size) == 3 &&
         (features[0] & password_algorithms) != std::byte{};
}

Nonces::Nonces(const NonceSecret& secret, std::chrono::seconds lifetime)
    : secret_(secret), lifetime_(static_cast<std::int32_t>(lifetime.count())) {}

Nonce Nonces::make(const Endpoint& client, std::uint32_t now) noexcept {
  // SipHash has no reason to fail; if it did, the zero nonce would be stale when it came back.
  return made_at(now + secret_.epoch, client).value_or(Nonce{});
}

bool Nonces::holds(std::span<const std::byte> nonce, const Endpoint& client, std::uint32_t now) noexcept {
  std::array<std::byte, 6> start{};
  static_assert(start.size() >= time_size);
  if (nonce.size() != std::tuple_size_v<Nonce> ||
      EVP_DecodeBlock(characters(start.data()), characters(&nonce[cookie_size]), start.size() / 3 * 4) !=
          start.size()) {
    return false;
  }
  const auto time = load32(std::span(start).first<time_size>());
  // Serial number arithmetic (RFC 1982), as 32 bits of seconds wrap around. A nonce from the future comes from another
  // worker, whose clock has already ticked.
  if (static_cast<std::int32_t>(now + secret_.epoch - time) > lifetime_) return false;
  const auto made = made_at(time, client);
  return made && CRYPTO_memcmp(made->data(), nonce.data(), nonce.size()) == 0;
}

std::optional<Nonce> Nonces::made_at(std::uint32_t time, const Endpoint& client) noexcept {
  const auto mac = hash_(secret_.key, Covered(time, client).octets());
  if (!mac) return {};
  std::array<std::uint8_t, time_size + std::tuple_size_v<SipHash::Value>> timed{};
  store32(timed.data(), time);
  std::ranges::copy(*mac, timed.begin() + time_size);
  constexpr std::array features{password_algorithms | username_anonymity, std::byte{}, std::byte{}};
  // OpenSSL terminates the encoded text with a zero.
  std::array<std::byte, std::tuple_size_v<Nonce> + 1> text{};
  std::ranges::copy(std::as_bytes(std::span(cookie_start)), text.begin());
  EVP_EncodeBlock(characters(&text[cookie_start.size()]), characters(features.data()), features.size());
  EVP_EncodeBlock(characters(&text[cookie_size]), timed.data(), timed.size());
  Nonce nonce;
  std::copy_n(text.begin(), nonce.size(), nonce.begin());
  return nonce;
}

}  // namespace thence::stun
