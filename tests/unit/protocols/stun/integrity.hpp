#pragma once

#include "tests/unit/protocols/stun/messages.hpp"

#include <stdexcept>
#include <string_view>

#include <openssl/evp.h>

/// What credentials need of hashes, for tests, made without the code under test.
namespace stun_messages {

inline Octets hash(const char* digest, std::string_view text) {
  Octets value(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, digest, nullptr, text.data(), text.size(), reinterpret_cast<unsigned char*>(value.data()),
                   &size) != 1) {
    throw std::runtime_error(digest);
  }
  value.resize(size);
  return value;
}

inline Octets hmac(const char* digest, const Octets& key, const Octets& octets) {
  Octets value(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, digest, nullptr, key.data(), key.size(),
                reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                reinterpret_cast<unsigned char*>(value.data()), value.size(), &size) == nullptr) {
    throw std::runtime_error(digest);
  }
  value.resize(size);
  return value;
}

/// The message as it is with so many more octets to come.
inline Octets announcing(Octets message, std::size_t more) {
  const auto length = big_endian(static_cast<std::uint32_t>(message.size() - 20 + more), 2);
  std::copy(length.begin(), length.end(), message.begin() + 2);
  return message;
}

/// The message with a MESSAGE-INTEGRITY at its end.
inline Octets with_sha1(const Octets& message, const Octets& key) {
  const auto covered = announcing(message, 24);
  return joined({covered, attribute(0x0008, hmac("SHA1", key, covered))});
}

/// The message with a MESSAGE-INTEGRITY-SHA256 at its end, cut to that size.
inline Octets with_sha256(const Octets& message, const Octets& key, std::size_t size = 32) {
  const auto covered = announcing(message, attribute(0x001c, Octets(size)).size());
  auto value = hmac("SHA256", key, covered);
  value.resize(size);
  return joined({covered, attribute(0x001c, value)});
}

}  // namespace stun_messages
