#include "protocols/sip_hash.hpp"

#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace thence {

namespace {

std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> fetch() noexcept {
  return {EVP_MAC_fetch(nullptr, "SIPHASH", nullptr), EVP_MAC_free};
}

}  // namespace

void SipHash::Free::operator()(evp_mac_ctx_st* context) const noexcept { EVP_MAC_CTX_free(context); }

SipHash::SipHash() {
  const auto mac = fetch();
  mac_.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  std::size_t size = std::tuple_size_v<Value>;
  const std::array parameters{OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size), OSSL_PARAM_construct_end()};
  const Key key{};
  if (!mac_ || EVP_MAC_init(mac_.get(), key.data(), key.size(), parameters.data()) != 1) {
    throw std::runtime_error("the cryptographic library has no SipHash");
  }
}

bool SipHash::is_available() noexcept { return fetch() != nullptr; }

std::optional<SipHash::Value> SipHash::operator()(const Key& key, std::span<const std::uint8_t> message) noexcept {
  Value value;
  std::size_t written = 0;
  // The output size set in the constructor remains in effect.
  if (EVP_MAC_init(mac_.get(), key.data(), key.size(), nullptr) != 1 ||
      EVP_MAC_update(mac_.get(), message.data(), message.size()) != 1 ||
      EVP_MAC_final(mac_.get(), value.data(), &written, value.size()) != 1 || written != value.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace thence
