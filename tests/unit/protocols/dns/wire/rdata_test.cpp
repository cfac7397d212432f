#include "protocols/dns/wire/rdata.hpp"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rdata_test {

using thence::dns::compare_rdata;
using thence::dns::compress_rdata;
using thence::dns::expand_rdata;
using thence::dns::has_sound_names;
using thence::dns::Name;
using thence::dns::target_offset;
namespace type = thence::dns::type;

using Octets = std::vector<std::uint8_t>;

/// Octets and then names as they stand in data, with their letters as they are.
Octets rdata(Octets octets, std::initializer_list<const char*> names, std::size_t zeros = 0) {
  for (const std::string name : names) {
    for (std::size_t at = 0; at < name.size();) {
      const auto dot = name.find('.', at);
      octets.push_back(static_cast<std::uint8_t>(dot - at));
      octets.insert(octets.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
                    name.begin() + static_cast<std::ptrdiff_t>(dot));
      at = dot + 1;
    }
    octets.push_back(0);
  }
  octets.insert(octets.end(), zeros, 0);
  return octets;
}

TEST(Rdata, HasTheNamesOfItsType) {
  EXPECT_TRUE(has_sound_names(type::ns, rdata({}, {"ns.t."})));
  EXPECT_TRUE(has_sound_names(type::mx, rdata({0, 10}, {"mail.t."})));
  EXPECT_TRUE(has_sound_names(type::soa, rdata({}, {"n.t.", "h.t."}, 20)));
  EXPECT_TRUE(has_sound_names(type::srv, rdata({0, 0, 0, 0, 0, 53}, {"t."})));
  EXPECT_TRUE(has_sound_names(35, rdata({0, 1, 0, 1, 1, 's', 0, 0}, {"t."}))) << "NAPTR has strings before its name";
  EXPECT_TRUE(has_sound_names(type::a, {})) << "a type without names";
  EXPECT_FALSE(has_sound_names(type::ns, {}));
  EXPECT_FALSE(has_sound_names(type::ns, rdata({}, {"ns.t."}, 1))) << "an octet behind";
  EXPECT_FALSE(has_sound_names(type::ns, Octets{0xC0, 0x0C})) << "a compression pointer";
  EXPECT_FALSE(has_sound_names(type::mx, Octets{0, 10, 4, 'm', 'a'})) << "cut short";
  EXPECT_FALSE(has_sound_names(type::soa, rdata({}, {"n.t.", "h.t."}, 19)));
}

TEST(Rfc4034Section63, DataIsComparedAsOctetsButForTheLettersOfNames) {
  const auto compare = [](std::uint16_t of, const Octets& a, const Octets& b) { return compare_rdata(of, a, b); };
  EXPECT_TRUE(compare(type::ns, rdata({}, {"NS.t."}), rdata({}, {"ns.T."})) == 0);
  EXPECT_TRUE(compare(type::mx, rdata({0x41, 0}, {"m."}), rdata({0x61, 0}, {"m."})) < 0) << "numbers are no letters";
  EXPECT_TRUE(compare(type::txt, {1, 'A'}, {1, 'a'}) < 0) << "nor are texts names";
  EXPECT_TRUE(compare(type::a, {192, 0, 2, 1}, {192, 0, 2}) > 0) << "what is missing sorts first";
  EXPECT_TRUE(compare(type::a, {192, 0, 2, 1}, {192, 0, 3}) < 0);
}

TEST(Rfc1035Section414, NamesInDataEndInAPointerToTheApex) {
  const auto apex = *Name::parse("example.test.", Name());
  const auto round = [&](std::uint16_t of, const Octets& plain, const Octets& compressed) {
    EXPECT_EQ(compress_rdata(of, plain, apex), compressed);
    EXPECT_EQ(expand_rdata(of, compressed, apex), plain);
  };
  round(type::ns, rdata({}, {"www.example.test."}), {3, 'w', 'w', 'w', 0xC0, 0x0C});
  round(type::mx, rdata({0, 10}, {"example.test."}), {0, 10, 0xC0, 0x0C});
  round(type::soa, rdata({}, {"n.example.test.", "h."}, 20), [] {
    Octets octets{1, 'n', 0xC0, 0x0C, 1, 'h', 0};
    octets.insert(octets.end(), 20, 0);
    return octets;
  }());
  round(type::ns, rdata({}, {"elsewhere."}), rdata({}, {"elsewhere."}));
  round(type::srv, rdata({0, 0, 0, 0, 0, 1}, {"www.example.test."}),
        rdata({0, 0, 0, 0, 0, 1}, {"www.example.test."}));  // RFC 3597 §4: of RFC 1035's types alone
}

TEST(Rdata, TheRootIsNotCompressed) {
  EXPECT_EQ(compress_rdata(type::ns, rdata({}, {"a."}), Name()), rdata({}, {"a."}));
}

TEST(Rdata, KnowsWhereTheTargetStands) {
  EXPECT_EQ(target_offset(type::ns), 0U);
  EXPECT_EQ(target_offset(type::mx), 2U);
  EXPECT_EQ(target_offset(type::https), 2U);
  EXPECT_EQ(target_offset(type::srv), 6U);
  EXPECT_EQ(target_offset(type::cname), std::nullopt);
}

}  // namespace rdata_test
