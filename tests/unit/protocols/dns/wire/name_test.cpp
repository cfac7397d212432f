// Names: wire form, presentation format, letter case, order.

#include "protocols/dns/wire/name.hpp"

#include "protocols/dns/zone/name_index.hpp"
#include "tests/unit/protocols/dns/asking.hpp"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace name_test {

using thence::dns::canonical_order;
using thence::dns::canonical_start;
using thence::dns::Name;

namespace {

Name name(const std::string& text) { return Name::parse(text, Name()).value(); }

void expect_less(const std::string& a, const std::string& b) {
  EXPECT_TRUE(canonical_order(name(a).wire(), name(b).wire()) < 0) << b;
  EXPECT_TRUE(canonical_order(name(b).wire(), name(a).wire()) > 0) << b;
  EXPECT_TRUE(canonical_order(name(b).wire(), name(b).wire()) == 0) << b;
  EXPECT_LE(canonical_start(name(a), 1), canonical_start(name(b), 1)) << b;
}

}  // namespace

TEST(Rfc1035Name, PresentationFormatGoesThereAndBack) {
  for (const auto* const text :
       {".", "t.", "www.example.test.", "a\\.b.test.", R"(\000\255\032.)", "\\@.", "*.x.", R"(\"\;\(\)\\.)"}) {
    EXPECT_EQ(name(text).text(), text);
  }
  EXPECT_EQ(name("\\065\\@").text(), "a\\@.");
  EXPECT_EQ(Name::parse("www", name("t."))->text(), "www.t.");
  EXPECT_EQ(Name::parse("@", name("t."))->text(), "t.");
}

TEST(Rfc1035Name, WhatIsNoNameIsNotRead) {
  const std::string label(63, 'x');
  const auto three = label + '.' + label + '.' + label + '.';
  for (const auto& text : {std::string(), std::string("a..b"), std::string(".a"), std::string("a.."), label + "x",
                           std::string("a\\"), std::string("a\\25"), std::string("a\\256"), std::string("\"a\""),
                           std::string("a\"b"), three + std::string(62, 'x') + '.'}) {
    EXPECT_FALSE(Name::parse(text, Name())) << text;
  }
  EXPECT_EQ(name(three + std::string(61, 'x') + '.').size(), 255U);
}

TEST(Rfc4343Name, ReadsAnyOctetsAndLowersTheLettersOnly) {
  for (std::size_t length = 1; length <= 63; ++length) {
    for (unsigned octet = 0; octet <= 255; ++octet) {
      std::vector<std::uint8_t> wire{static_cast<std::uint8_t>(length)};
      wire.insert(wire.end(), length, static_cast<std::uint8_t>(octet));
      wire.push_back(0);
      Name read;
      ASSERT_EQ(read.assign(wire), length + 2);
      const auto lower = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
      for (std::size_t i = 1; i <= length; ++i) ASSERT_EQ(read.wire()[i], lower);
      ASSERT_EQ(read.wire()[0], length);
    }
  }
}

TEST(Rfc1035Name, KnowsItsLabels) {
  const auto read = name("www.Example.test.");
  EXPECT_EQ(read.labels(), 3U);
  EXPECT_EQ(read.offset(0), 0U);
  EXPECT_EQ(read.offset(1), 4U);
  EXPECT_EQ(read.offset(3), 17U);
  EXPECT_TRUE(std::ranges::equal(read.without(1), name("example.test.").wire()));
  EXPECT_TRUE(std::ranges::equal(read.without(3), Name().wire()));
  EXPECT_EQ(name("a.a.a.a.a.a.a.a.").labels(), 8U);
}

TEST(Rfc1035Name, HasUpTo127Labels) {
  std::vector<std::uint8_t> wire;
  for (int i = 0; i < 127; ++i) wire.insert(wire.end(), {1, 'x'});
  wire.push_back(0);
  Name read;
  ASSERT_EQ(read.assign(wire), 255U);
  EXPECT_EQ(read.labels(), 127U);
  EXPECT_EQ(read.offset(126), 252U);
  EXPECT_EQ(read.offset(127), 254U);
  // The octets in front of the 128th label are all that a name may take.
  wire.back() = 1;
  for (const auto octet : {'x', '\0'}) {
    EXPECT_EQ(read.assign(wire), 0U);
    EXPECT_EQ(read, Name());
    wire.push_back(static_cast<std::uint8_t>(octet));
  }
  EXPECT_EQ(read.assign(wire), 0U);
}

TEST(Rfc1035Name, IsWithinItsAncestorsOnly) {
  EXPECT_TRUE(name("www.example.test.").is_within(name("example.test.").wire()));
  EXPECT_TRUE(name("example.test.").is_within(name("example.test.").wire()));
  EXPECT_TRUE(name("example.test.").is_within(Name().wire()));
  EXPECT_FALSE(name("example.test.").is_within(name("www.example.test.").wire()));
  EXPECT_FALSE(name("notexample.test.").is_within(name("example.test.").wire()));
  // The octets of the second stand at the end of the first, but begin in the middle of a label.
  EXPECT_FALSE(name("x\\007example.test.").is_within(name("example.test.").wire()));
}

TEST(Rfc4034Name, KeysSortInCanonicalOrder) {
  // RFC 4034 §6.1 has this list; \001 and \200 are octets there as well.
  const std::vector<std::string> in_order = {"example.",         "a.example.",      "yljkjljk.a.example.",
                                             "Z.a.example.",     "zABC.a.EXAMPLE.", "z.example.",
                                             "\\001.z.example.", "*.z.example.",    "\\200.z.example."};
  for (std::size_t i = 1; i < in_order.size(); ++i) {
    expect_less(in_order[i - 1], in_order[i]);
  }
  expect_less("\\000.t.", "\\000\\000.t.");
  expect_less("\\000\\255.t.", "\\001.t.");
  expect_less("\\001.t.", "\\002.t.");
  expect_less("abcdefghi.t.", "abcdefghj.t.");
}

}  // namespace name_test
