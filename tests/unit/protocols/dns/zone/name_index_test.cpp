#include "protocols/dns/zone/name_index.hpp"

#include "protocols/dns/wire/name.hpp"

#include <cstdint>
#include <string>

#include <gtest/gtest.h>

namespace name_index_test {

using thence::dns::hash;
using thence::dns::Name;

namespace {

Name name(const std::string& text) { return Name::parse(text, Name()).value(); }

}  // namespace

TEST(NameIndex, FindsEachNameAmongThousands) {
  constexpr std::uint32_t names = 5000;
  const auto name_of = [](std::uint32_t number) { return name("host-" + std::to_string(number) + ".test."); };
  thence::dns::NameIndex index(names);
  for (std::uint32_t i = 1; i <= names; ++i) index.insert(hash(name_of(i).wire()), i);
  for (std::uint32_t i = 1; i <= names; ++i) {
    EXPECT_EQ(index.find(hash(name_of(i).wire()), [&](std::uint32_t found) { return found == i; }), i);
  }
  EXPECT_EQ(index.find(hash(name_of(names + 1).wire()), [](std::uint32_t) { return true; }), 0U);
}

}  // namespace name_index_test
