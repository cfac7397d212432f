#pragma once

#include "answer.hpp"
#include "stun_exchange.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/endian/conversion.hpp>
#include <openssl/evp.h>

namespace thence::bench {

/// A server's challenge to a client without credentials: the values of REALM and NONCE (RFC 8489 §14.9, §14.10).
struct Challenge {
  std::string realm;
  std::string nonce;
};

/// @return nothing when the message is not a 401 error with both
inline std::optional<Challenge> read_challenge(std::span<const std::byte> message) {
  if (message.size() < stun_header_size || boost::endian::load_big_u16(octets(message.data())) != 0x0111) return {};
  std::string code;
  Challenge challenge;
  for (std::size_t at = stun_header_size; at + 4 <= message.size();) {
    const auto type = boost::endian::load_big_u16(octets(&message[at]));
    const std::size_t length = boost::endian::load_big_u16(octets(&message[at + 2]));
    if (length > message.size() - at - 4) return {};
    const auto value = message.subspan(at + 4, length);
    const std::string text(reinterpret_cast<const char*>(value.data()), value.size());
    if (type == 0x0009) code = text;
    if (type == 0x0014) challenge.realm = text;
    if (type == 0x0015) challenge.nonce = text;
    at += 4 + (length + 3) / 4 * 4;
  }
  const bool unauthenticated = code.size() >= 4 && code[2] == 4 && code[3] == 1;
  if (!unauthenticated || challenge.realm.empty() || challenge.nonce.empty()) return {};
  return challenge;
}

/// STUN Binding requests with a user's credentials (RFC 8489 §9.2), compatible with RFC 5389: an MD5 key and an HMAC
/// with SHA-1.
class SignedStunExchange {
 public:
  /// The bits of a token that a transaction id carries. They are few, so that each request is signed only once: signing
  /// takes a client longer than some servers need to answer.
  static constexpr std::uint64_t token_mask = 0x3FFF;
  /// The maximum size of a request in octets.
  static constexpr std::size_t largest_request = 512;

  /// @throws std::runtime_error when the credentials are too long, or MD5 is unavailable
  SignedStunExchange(const std::string& user, const std::string& password, const Challenge& challenge)
      : unsigned_(stun_header_size), signed_(token_mask + 1) {
    add(0x0006, std::as_bytes(std::span(user)));
    add(0x0014, std::as_bytes(std::span(challenge.realm)));
    add(0x0015, std::as_bytes(std::span(challenge.nonce)));
    if (unsigned_.size() + integrity_size > largest_request) throw std::runtime_error("the credentials are too long");
    const std::string secret = user + ':' + challenge.realm + ':' + password;
    std::size_t size = 0;
    if (EVP_Q_digest(nullptr, "MD5", nullptr, secret.data(), secret.size(), key_.data(), &size) != 1) {
      throw std::runtime_error("the cryptographic library has no MD5");
    }
  }

  /// Writes the request with that token.
  /// @param room at least largest_request octets
  /// @return octets written
  /// @throws std::runtime_error when HMAC-SHA1 is unavailable
  std::size_t write(std::uint64_t token, std::span<std::byte> room) {
    auto& request = signed_[token & token_mask];
    if (request.empty()) request = sign(token & token_mask);
    std::ranges::copy(request, room.begin());
    return request.size();
  }

  static std::optional<Answer> read(std::span<const std::byte> message) { return StunExchange::read(message); }

 private:
  static constexpr std::size_t integrity_size = 24;

  void add(std::uint16_t type, std::span<const std::byte> value) {
    const auto at = unsigned_.size();
    unsigned_.resize(at + 4 + (value.size() + 3) / 4 * 4);
    boost::endian::store_big_u16(octets(&unsigned_[at]), type);
    boost::endian::store_big_u16(octets(&unsigned_[at + 2]), static_cast<std::uint16_t>(value.size()));
    std::ranges::copy(value, &unsigned_[at + 4]);
  }

  std::vector<std::byte> sign(std::uint64_t token) const {
    auto request = unsigned_;
    const auto covered = request.size();
    request.resize(covered + integrity_size);
    write_stun_header(token, request.size() - stun_header_size, request.data());
    boost::endian::store_big_u16(octets(&request[covered]), 0x0008);
    boost::endian::store_big_u16(octets(&request[covered + 2]), integrity_size - 4);
    if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA1", nullptr, key_.data(), key_.size(), octets(request.data()), covered,
                  octets(&request[covered + 4]), integrity_size - 4, nullptr) == nullptr) {
      throw std::runtime_error("the cryptographic library has no HMAC with SHA-1");
    }
    return request;
  }

  std::vector<std::byte> unsigned_;             ///< a request without its token and MESSAGE-INTEGRITY
  std::vector<std::vector<std::byte>> signed_;  ///< by token; empty until it is needed
  std::array<unsigned char, 16> key_{};
};

}  // namespace thence::bench
