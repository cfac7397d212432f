#pragma once

#include "protocols/stun/message.hpp"

#include <cstddef>
#include <memory>
#include <span>

struct evp_mac_ctx_st;  // EVP_MAC_CTX of OpenSSL

namespace thence::stun {

/// What an HMAC is keyed with: a password, or a hash of one (RFC 8489 §9.1.1, §9.2.2).
using IntegrityKey = std::span<const std::byte>;

/// The most octets that MessageIntegrity::add() adds.
inline constexpr std::size_t largest_integrity_size = attribute_header_size + 32;

/// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6): an HMAC with SHA-1 or SHA-256 of the message
/// up to the attribute, whose header has the length that ends behind the attribute. Of one worker: it keeps what the
/// cryptographic library works with.
class MessageIntegrity {
 public:
  /// @throws std::runtime_error where the cryptographic library has none of them
  MessageIntegrity();

  /// Whether an attribute of the message is the HMAC by that key. The comparison takes as long for every wrong value.
  /// @param attribute one of the two types, as the message's iterator gives it; another type never holds, and neither
  ///                  does a value of another length than 20 octets, or for SHA-256 than 16 to 32 in multiples of 4
  bool holds(const Message& message, const Attribute& attribute, IntegrityKey key) noexcept;

  /// Adds the attribute, with an HMAC in full length. To be added last but for FINGERPRINT. Where the cryptographic
  /// library fails, which is out of memory, its value is zeros: no client takes that for authentic.
  /// @param writer has room for largest_integrity_size octets
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
