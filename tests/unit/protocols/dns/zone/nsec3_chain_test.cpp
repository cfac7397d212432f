// Hashed names (RFC 5155).

#include "protocols/dns/zone/nsec3_chain.hpp"

#include "tests/unit/protocols/dns/asking.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

TEST(Rfc5155, NamesAreHashedAsInTheExampleOfTheRfc) {
  // RFC 5155 appendix A: salt aabbccdd, 12 iterations.
  thence::dns::Nsec3Hasher hash;
  const thence::dns::Nsec3Parameters parameters{.iterations = 12, .salt = {0xaa, 0xbb, 0xcc, 0xdd}};
  const auto label_of = [](std::string text) {
    text.insert(text.begin(), static_cast<char>(text.size()));
    const thence::dns::Octets octets(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    return thence::dns::read_nsec3_label(octets);
  };
  const auto hash_of = [&](const std::string& name) { return hash(dns_asking::wire_name(name), parameters); };
  EXPECT_EQ(label_of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"), hash_of("example"));
  EXPECT_EQ(label_of("35mthgpgcu1qg68fab165klnsnk3dpvl"), hash_of("a.example"));
  EXPECT_EQ(label_of("r53bq7cc2uvmubfu5ocmm6pers9tk9en"), hash_of("*.w.example"));
  EXPECT_EQ(label_of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tow"), std::nullopt) << "w is no digit";
}
