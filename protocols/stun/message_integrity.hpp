#pragma once

#include "protocols/stun/message.hpp"

#include <cstddef>
#include <memory>
#include <span>

struct evp_mac_ctx_st;  // EVP_MAC_CTX of OpenSSL

namespace thence::stun {

/// The key of an HMAC: a password, or a hash of one (RFC 8489 §9.1.1, §9.2.2).
using IntegrityKey = std::span<const std::byte>;

/// The most octets that MessageIntegrity::add() adds.
inline constexpr std::size_t largest_integrity_size = attribute_header_size + 32;

/// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6): an HMAC with SHA-1 or SHA-256 over the
/// message up to the attribute, with the header's length set to end after the attribute. For one worker: it keeps
/// OpenSSL contexts.
class MessageIntegrity {
 public:
  /// @throws std::runtime_error if OpenSSL lacks one of them
  MessageIntegrity();

  /// Whether an attribute of the message is its HMAC with that key. The comparison takes constant time.
  /// @param attribute one of the two types, as the message's iterator yields it. False for any other type, and for
  ///                  lengths other than 20 octets, or for SHA-256 a multiple of 4 from 16 to 32
  bool holds(const Message& message, const Attribute& attribute, IntegrityKey key) noexcept;

  /// Adds the attribute, with a full-length HMAC. Only FINGERPRINT may follow it. If OpenSSL fails, which means out of
  /// memory, the value is zeros, which no client accepts.
  /// @param writer with room for largest_integrity_size octets
  /// @param type one of the two
  void add(MessageWriter& writer, AttributeType type, IntegrityKey key) noexcept;

 private:
  class Hmac {
   public:
    Hmac(const char* digest, std::size_t size);
    std::size_t size() const noexcept { return size_; }
    /// @param header the first 4 octets of the message
    /// @param rest what follows them
    /// @param value size() octets
    bool compute(IntegrityKey key, std::span<const std::byte> header, std::span<const std::byte> rest,
                 std::span<std::byte> value) noexcept;

   private:
    struct Free {
      void operator()(evp_mac_ctx_st* context) const noexcept;
    };
    std::unique_ptr<evp_mac_ctx_st, Free> context_;
    std::size_t size_;
  };

  Hmac sha1_;
  Hmac sha256_;
};

}  // namespace thence::stun
