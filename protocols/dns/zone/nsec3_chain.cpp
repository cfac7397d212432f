#include "protocols/dns/zone/nsec3_chain.hpp"

#include <new>

#include <openssl/evp.h>

namespace thence::dns {

std::optional<Nsec3Parameters> read_nsec3_parameters(Octets rdata) {
  constexpr std::size_t fixed = 5;
  constexpr std::uint8_t sha1 = 1;
  if (rdata.size() < fixed || rdata[0] != sha1 || rdata.size() < fixed + rdata[4]) return std::nullopt;
  const Octets salt = rdata.subspan(fixed, rdata[4]);
  return Nsec3Parameters{.iterations = load16(rdata.data() + 2), .salt = {salt.begin(), salt.end()}};
}

std::optional<Nsec3Hash> read_nsec3_label(Octets label) {
  constexpr std::size_t letters = 32;  // five bits each
  if (label.size() != letters + 1 || label[0] != letters) return std::nullopt;
  Nsec3Hash hash{};
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < letters; ++i) {
    const std::uint8_t letter = label[i + 1];
    unsigned value = 0;
    if (letter >= '0' && letter <= '9') {
      value = letter - unsigned{'0'};
    } else if (letter >= 'a' && letter <= 'v') {
      value = letter - unsigned{'a'} + 10U;
    } else {
      return std::nullopt;
    }
    bits = bits << 5U | value;
    if (i % 8 != 7) continue;
    for (std::size_t octet = 0; octet < 5; ++octet) {
      hash[i / 8 * 5 + octet] = static_cast<std::uint8_t>(bits >> (32U - 8U * octet));
    }
    bits = 0;
  }
  return hash;
}

Nsec3Hasher::Nsec3Hasher() : context_(EVP_MD_CTX_new()) {
  if (!context_ || EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_.get()), EVP_sha1(), nullptr) != 1) {
    throw std::bad_alloc();
  }
}

Nsec3Hash Nsec3Hasher::operator()(Octets name, const Nsec3Parameters& parameters) noexcept {
  auto* const context = static_cast<EVP_MD_CTX*>(context_.get());
  Nsec3Hash hash{};
  for (unsigned i = 0; i <= parameters.iterations; ++i) {
    EVP_DigestInit_ex(context, nullptr, nullptr);
    EVP_DigestUpdate(context, name.data(), name.size());
    EVP_DigestUpdate(context, parameters.salt.data(), parameters.salt.size());
    EVP_DigestFinal_ex(context, hash.data(), nullptr);
    name = hash;
  }
  return hash;
}

void Nsec3Hasher::Free::operator()(void* context) const noexcept { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context)); }

}  // namespace thence::dns
