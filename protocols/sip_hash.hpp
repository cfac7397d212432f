#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

struct evp_mac_ctx_st;  // EVP_MAC_CTX of OpenSSL

namespace thence {

/// SipHash-2-4 with values of 64 bits: a MAC of short messages. Of one thread: it keeps what the cryptographic library
/// works with, so that hashing allocates nothing.
class SipHash {
 public:
  using Key = std::array<std::uint8_t, 16>;
  using Value = std::array<std::uint8_t, 8>;

  /// @throws std::runtime_error where the cryptographic library has none
  SipHash();

  /// Whether the cryptographic library has it.
  static bool is_available() noexcept;

  /// @return nothing where the library fails, for which it has no reason
  std::optional<Value> operator()(const Key& key, std::span<const std::uint8_t> message) noexcept;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };

  std::unique_ptr<evp_mac_ctx_st, Free> mac_;
};

}  // namespace thence
