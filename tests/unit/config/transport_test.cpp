#include "config/transport.hpp"

#include <gtest/gtest.h>

namespace transport_test {

using namespace thence;

TEST(Transport, HasItsTraits) {
  EXPECT_EQ(name(Transport::udp), "udp");
  EXPECT_TRUE(is_datagram(Transport::udp));
  EXPECT_FALSE(source_validated(Transport::udp)) << "anybody can send from any address";
  EXPECT_EQ(name(Transport::tcp), "tcp");
  EXPECT_FALSE(is_datagram(Transport::tcp));
  EXPECT_TRUE(source_validated(Transport::tcp)) << "there was a handshake";
}

TEST(Transports, AreASet) {
  Transports set;
  EXPECT_TRUE(set.empty());
  EXPECT_FALSE(set.contains(Transport::udp));
  set.insert(Transport::tcp);
  set.insert(Transport::tcp);
  EXPECT_FALSE(set.empty());
  EXPECT_FALSE(set.contains(Transport::udp));
  EXPECT_TRUE(set.contains(Transport::tcp));
  EXPECT_EQ(set, Transports{Transport::tcp});
  EXPECT_EQ(Transports::all(), (Transports{Transport::tcp, Transport::udp}));
  EXPECT_EQ(Transports::all() & set, set);
  EXPECT_EQ(Transports{Transport::udp} | set, Transports::all());
  EXPECT_TRUE((Transports{Transport::udp} & set).empty());
}

TEST(Transports, AreNamedInTheirOrder) {
  EXPECT_EQ(text(Transports()), "");
  EXPECT_EQ(text(Transports{Transport::tcp}), "tcp");
  EXPECT_EQ(text(Transports{Transport::tcp, Transport::udp}), "udp+tcp");
}

}  // namespace transport_test
