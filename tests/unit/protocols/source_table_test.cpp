#include "protocols/source_table.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace source_table_test {

using boost::asio::ip::address_v6;
using boost::asio::ip::make_address;
using thence::ArrivalFilter;
using thence::Endpoint;
using thence::InterfaceTable;
using thence::ListeningSocket;
using thence::SourceTable;

Endpoint endpoint(const char* address, std::uint16_t port) { return {make_address(address), port}; }

std::uint16_t port_of(const ListeningSocket* socket) { return socket == nullptr ? 0 : socket->bound.port(); }

bool any(const ListeningSocket&) { return true; }

SourceTable of(std::vector<ListeningSocket> sockets) { return SourceTable(std::move(sockets)); }

TEST(SourceTable, WithoutSocketsServesNothing) {
  EXPECT_FALSE(SourceTable().serves(make_address("192.0.2.1"), 1));
  EXPECT_EQ(SourceTable().find_serving(make_address("192.0.2.1"), any), nullptr);
}

TEST(SourceTable, AWildcardServesAllAddressesOfItsFamily) {
  const auto table = of({{endpoint("0.0.0.0", 53)}});
  EXPECT_TRUE(table.serves(make_address("192.0.2.1"), 1));
  EXPECT_FALSE(table.serves(make_address("2001:db8::1"), 1));
}

TEST(SourceTable, ASocketOfAnAddressServesThatAlone) {
  const auto table = of({{endpoint("192.0.2.9", 1)}, {endpoint("2001:db8::1", 2)}, {endpoint("192.0.2.1", 3)}});
  EXPECT_EQ(port_of(table.find_serving(make_address("192.0.2.9"), any)), 1);
  EXPECT_EQ(port_of(table.find_serving(make_address("2001:db8::1"), any)), 2);
  EXPECT_EQ(port_of(table.find_serving(make_address("192.0.2.1"), any)), 3);
  EXPECT_FALSE(table.serves(make_address("192.0.2.5"), 1));
}

TEST(SourceTable, TheCallerChoosesAmongTheSocketsOfAnAddress) {
  const auto table = of({{endpoint("192.0.2.1", 53)}, {endpoint("192.0.2.1", 54)}});
  const auto with_port = [&](std::uint16_t port) {
    return table.find_serving(make_address("192.0.2.1"),
                              [&](const ListeningSocket& each) { return each.bound.port() == port; });
  };
  EXPECT_EQ(port_of(with_port(54)), 54);
  EXPECT_EQ(with_port(55), nullptr);
}

TEST(SourceTable, AFilterRefusesInterfacesAndAddresses) {
  const InterfaceTable host{{{1, "eth0", true, {}}, {2, "eth1", true, {}}}};
  ArrivalFilter filter({{"eth0"}, {}}, {{}, {*thence::config::Prefix::parse("192.0.2.9")}});
  filter.update(host);
  const auto table = of({{endpoint("0.0.0.0", 53), &filter}});
  EXPECT_TRUE(table.serves(make_address("192.0.2.1"), 1));
  EXPECT_FALSE(table.serves(make_address("192.0.2.1"), 2)) << "another interface";
  EXPECT_FALSE(table.serves(make_address("192.0.2.9"), 1)) << "an address that is excluded";
  EXPECT_NE(table.find_serving(make_address("192.0.2.1"), any), nullptr) << "on some interface";
  EXPECT_EQ(table.find_serving(make_address("192.0.2.9"), any), nullptr);
}

TEST(SourceTable, AScopeDoesNotMatterBesideTheInterface) {
  const auto scoped = [](unsigned long scope) {
    return address_v6(make_address("fe80::1").to_v6().to_bytes(), static_cast<boost::asio::ip::scope_id_type>(scope));
  };
  const auto table = of({{Endpoint(scoped(2), 53)}});
  EXPECT_TRUE(table.serves(make_address("fe80::1"), 2));
  EXPECT_TRUE(table.serves(scoped(2), 2));
}

}  // namespace source_table_test
