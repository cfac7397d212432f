#include "protocols/dns/wire/type.hpp"

#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace type_test {

using thence::dns::find_type;
using thence::dns::type_text;

TEST(Types, AreWrittenByNameOrAsRfc3597Section5HasIt) {
  EXPECT_EQ(type_text(1), "A");
  EXPECT_EQ(type_text(28), "AAAA");
  EXPECT_EQ(type_text(65), "HTTPS");
  EXPECT_EQ(type_text(65280), "TYPE65280");
}

TEST(Types, ThatTheLibraryDoesNotKnowHaveTheNamesOfTheRegistry) {
  // IANA "Resource Record (RR) TYPEs".
  for (const auto& [name, number] :
       {std::pair("NSAP-PTR", 23), std::pair("NINFO", 56), std::pair("RKEY", 57), std::pair("AVC", 258),
        std::pair("AMTRELAY", 260), std::pair("RESINFO", 261), std::pair("WALLET", 262), std::pair("TA", 32768)}) {
    EXPECT_EQ(type_text(static_cast<std::uint16_t>(number)), name);
    ASSERT_NE(find_type(name), nullptr) << name;
    EXPECT_EQ(find_type(name)->type, number) << name;
  }
  EXPECT_EQ(find_type("amtRelay"), find_type(std::uint16_t{260}));
  EXPECT_EQ(find_type("nsap-ptr")->like, thence::dns::type::ptr);
}

TEST(Types, OthersAreLeftToTheLibrary) {
  for (const auto* const name : {"", "A", "AMTRELAYS", "AMTRELA"}) EXPECT_EQ(find_type(name), nullptr) << name;
  EXPECT_EQ(find_type(std::uint16_t{1}), nullptr);
}

}  // namespace type_test
