#include "protocols/stun/message_integrity.hpp"

#include "protocols/network_order.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace thence::stun {
namespace {

constexpr std::size_t sha1_size = 20;
constexpr std::size_t sha256_size = 32;
constexpr std::size_t least_sha256_size = 16;
/// Type and length of a message, which are hashed with a different length.
constexpr std::size_t patched_size = 4;

const unsigned char* octets_of(std::span<const std::byte> octets) noexcept {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

}  // namespace

void MessageIntegrity::Hmac::Free::operator()(evp_mac_ctx_st* context) const noexcept { EVP_MAC_CTX_free(context); }

MessageIntegrity::Hmac::Hmac(const char* digest, std::size_t size) : size_(size) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
  context_.reset(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  std::string name(digest);
  const std::array parameters{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                              OSSL_PARAM_construct_end()};
  if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters.data()) != 1) {
    throw std::runtime_error("the cryptographic library has no HMAC with " + name);
  }
}

// The context is created once and keeps its digest. Even so, each key costs five small allocations inside OpenSSL 3.0:
// one for the key and four for the states of the digest. OpenSSL has no interface that replaces a key without them.
bool MessageIntegrity::Hmac::compute(IntegrityKey key, std::span<const std::byte> header,
                                     std::span<const std::byte> rest, std::span<std::byte> value) noexcept {
  std::size_t written = 0;
  return EVP_MAC_init(context_.get(), octets_of(key), key.size(), nullptr) == 1 &&
         EVP_MAC_update(context_.get(), octets_of(header), header.size()) == 1 &&
         EVP_MAC_update(context_.get(), octets_of(rest), rest.size()) == 1 &&
         EVP_MAC_final(context_.get(), reinterpret_cast<unsigned char*>(value.data()), &written, value.size()) == 1 &&
         written == size_;
}

MessageIntegrity::MessageIntegrity() : sha1_("SHA1", sha1_size), sha256_("SHA256", sha256_size) {}

bool MessageIntegrity::holds(const Message& message, const Attribute& attribute, IntegrityKey key) noexcept {
  const auto size = attribute.value.size();
  const bool sha1 = attribute.type == AttributeType::message_integrity && size == sha1_size;
  const bool sha256 = attribute.type == AttributeType::message_integrity_sha256 && size >= least_sha256_size &&
                      size <= sha256_size && size % 4 == 0;
  if (!sha1 && !sha256) return false;
  const auto octets = message.octets();
  const auto value_at = static_cast<std::size_t>(attribute.value.data() - octets.data());
  std::array<std::byte, patched_size> header{};
  std::copy_n(octets.begin(), header.size(), header.begin());
  store16(std::span(header).last<2>(), static_cast<std::uint16_t>(value_at + size - header_size));
  std::array<std::byte, sha256_size> right{};
  auto& hmac = sha1 ? sha1_ : sha256_;
  return hmac.compute(key, header, octets.first(value_at - attribute_header_size).subspan(patched_size),
                      std::span(right).first(hmac.size())) &&
         CRYPTO_memcmp(right.data(), attribute.value.data(), size) == 0;
}

void MessageIntegrity::add(MessageWriter& writer, AttributeType type, IntegrityKey key) noexcept {
  auto& hmac = type == AttributeType::message_integrity ? sha1_ : sha256_;
  const auto value = writer.add(type, hmac.size());
  const auto message = writer.message();
  const auto covered = message.first(message.size() - hmac.size() - attribute_header_size);
  if (!hmac.compute(key, covered.first(patched_size), covered.subspan(patched_size), value)) {
    std::ranges::fill(value, std::byte{});
  }
}

}  // namespace thence::stun
