#include "protocols/dns/zone/dynamic.hpp"

#include "protocols/dns/wire/type.hpp"

#include <gtest/gtest.h>

namespace dynamic_test {

using thence::dns::Dynamic;
namespace type = thence::dns::type;

TEST(Dynamic, StandsInForAddressesAndWhereItTellsSomethingForTexts) {
  for (const auto kind : {Dynamic::Kind::self, Dynamic::Kind::client, Dynamic::Kind::whoami}) {
    const Dynamic dynamic{.kind = kind};
    EXPECT_TRUE(dynamic.covers(type::a) && dynamic.covers(type::aaaa) && dynamic.covers(type::txt));
    EXPECT_FALSE(dynamic.covers(type::mx) || dynamic.covers(type::any));
  }
  for (const auto kind : {Dynamic::Kind::interface, Dynamic::Kind::nearest}) {
    const Dynamic dynamic{.kind = kind};
    EXPECT_TRUE(dynamic.covers(type::a) && dynamic.covers(type::aaaa));
    EXPECT_FALSE(dynamic.covers(type::txt));
  }
}

}  // namespace dynamic_test
