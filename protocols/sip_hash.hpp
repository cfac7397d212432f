#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

struct evp_mac_ctx_st;  // EVP_MAC_CTX of OpenSSL

namespace thence {

/// SipHash-2-4 with 64-bit values: a MAC for short messages. For one thread: it keeps the OpenSSL context, so that
/// hashing allocates nothing.
class SipHash {
 public:
  using Key = std::array<std::uint8_t, 16>;
  using Value = std::array<std::uint8_t, 8>;

  /// @throws std::runtime_error if OpenSSL has no SipHash
  SipHash();

  /// Whether OpenSSL has SipHash.
  static bool is_available() noexcept;

  /// @return nothing if OpenSSL fails, for which there is no known cause
  std::optional<Value> operator()(const Key& key, std::span<const std::uint8_t> message) noexcept;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const noexcept;
  };

  std::unique_ptr<evp_mac_ctx_st, Free> mac_;
};

}  // namespace thence
