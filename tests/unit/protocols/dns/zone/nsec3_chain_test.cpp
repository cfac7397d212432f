// Hashed names (RFC 5155).

#include "protocols/dns/zone/nsec3_chain.hpp"

#include "tests/unit/protocols/dns/asking.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace nsec3_chain_test {

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

TEST(Rfc5155AppendixA, AllNamesOfTheExampleZone) {
  thence::dns::Nsec3Hasher hash;
  const thence::dns::Nsec3Parameters parameters{.iterations = 12, .salt = {0xaa, 0xbb, 0xcc, 0xdd}};
  for (const auto& [name, text] : {
           std::pair("example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
           std::pair("a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
           std::pair("ai.example", "gjeqe526plbf1g8mklp59enfd789njgi"),
           std::pair("ns1.example", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"),
           std::pair("ns2.example", "q04jkcevqvmu85r014c7dkba38o0ji5r"),
           std::pair("w.example", "k8udemvp1j2f7eg6jebps17vp3n8i58h"),
           std::pair("*.w.example", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"),
           std::pair("x.w.example", "b4um86eghhds6nea196smvmlo4ors995"),
           std::pair("y.w.example", "ji6neoaepv8b5o6k4ev33abha8ht9fgc"),
           std::pair("x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s"),
           std::pair("xx.example", "t644ebqk9bibcna874givr6joj62mlhv"),
       }) {
    std::vector<std::uint8_t> label{32};
    label.insert(label.end(), text, text + 32);
    EXPECT_EQ(thence::dns::read_nsec3_label(label), hash(dns_asking::wire_name(name), parameters)) << name;
  }
}

TEST(Rfc5155Section3, ALabelHas32LettersOfBase32hex) {
  const auto read = [](std::string text) {
    text.insert(text.begin(), static_cast<char>(text.size()));
    return thence::dns::read_nsec3_label(std::vector<std::uint8_t>(text.begin(), text.end()));
  };
  EXPECT_EQ(read(std::string(32, '0')), thence::dns::Nsec3Hash{});
  EXPECT_EQ(read(std::string(31, '0')), std::nullopt);
  EXPECT_EQ(read(std::string(33, '0')), std::nullopt);
  EXPECT_EQ(read(std::string(31, '0') + "V"), std::nullopt) << "upper case";
}

TEST(Rfc5155Section42, ParametersAreAlgorithmFlagsIterationsAndSalt) {
  using Octets = std::vector<std::uint8_t>;
  const auto read = [](const Octets& rdata) { return thence::dns::read_nsec3_parameters(rdata); };
  EXPECT_EQ(read({1, 0, 0x01, 0x0c, 2, 0xaa, 0xbb}),
            (thence::dns::Nsec3Parameters{.iterations = 268, .salt = {0xaa, 0xbb}}));
  EXPECT_EQ(read({1, 1, 0, 0, 0, 20, 1, 2}), thence::dns::Nsec3Parameters{}) << "of NSEC3, with more behind";
  EXPECT_EQ(read({2, 0, 0, 0, 0}), std::nullopt) << "another algorithm";
  EXPECT_EQ(read({1, 0, 0, 0}), std::nullopt);
  EXPECT_EQ(read({1, 0, 0, 0, 2, 0xaa}), std::nullopt) << "a salt that is cut short";
}

}  // namespace nsec3_chain_test
