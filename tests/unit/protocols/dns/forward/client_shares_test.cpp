// Whose questions wait, and which gives way.

#include "protocols/dns/forward/client_shares.hpp"

#include <list>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace client_shares_test {

using boost::asio::ip::address;
using thence::dns::ClientShares;
using thence::dns::WaitingQuestion;

namespace {

class Shares : public testing::Test {
 protected:
  static address peer(const std::string& text) { return boost::asio::ip::make_address(text); }

  /// @return the first of them
  WaitingQuestion* add(const std::string& from, std::size_t count) {
    WaitingQuestion* first = nullptr;
    for (std::size_t i = 0; i < count; ++i) {
      auto& added = waiting.emplace_back();
      shares.add(added, peer(from));
      if (first == nullptr) first = &added;
    }
    return first;
  }

  std::list<WaitingQuestion> waiting;
  ClientShares shares;
};

TEST_F(Shares, AreCountedByClient) {
  add("192.0.2.1", 2);
  add("192.0.2.2", 1);
  add("2001:db8::1", 3);
  auto* const gone = add("2001:db8::ffff", 1);
  EXPECT_EQ(shares.total(), 7U);
  EXPECT_EQ(shares.of_client(peer("192.0.2.1")), 2U);
  EXPECT_EQ(shares.of_client(peer("192.0.2.3")), 0U);
  EXPECT_EQ(shares.of_client(peer("2001:db8::2")), 4U) << "a /64 is one client";
  EXPECT_EQ(shares.of_client(peer("2001:db8:0:1::1")), 0U);
  shares.remove(*gone, peer("2001:db8::ffff"));
  EXPECT_EQ(shares.of_client(peer("2001:db8::2")), 3U);
  EXPECT_EQ(shares.total(), 6U);
}

TEST_F(Shares, TheOldestOfTheLargestNetworkGivesWay) {
  add("198.51.100.1", 10);
  auto* const oldest = add("192.0.2.1", 1);
  auto* const next = add("192.0.2.2", 20);
  EXPECT_EQ(shares.giving_way_to(peer("203.0.113.1")), oldest);
  shares.remove(*oldest, peer("192.0.2.1"));
  EXPECT_EQ(shares.giving_way_to(peer("203.0.113.1")), next);
  EXPECT_EQ(shares.giving_way_to(peer("192.0.2.77")), nullptr) << "of the same network";
}

TEST_F(Shares, NetworksOfIPv6AreSites) {
  auto* const oldest = add("2001:db8:1::1", 5);
  for (const auto* const other : {"2001:db8:1:1::1", "2001:db8:1:ffff::1"}) add(other, 10);
  EXPECT_EQ(shares.giving_way_to(peer("2001:db8:2::1")), oldest);
  EXPECT_EQ(shares.giving_way_to(peer("2001:db8:1:2::1")), nullptr);
}

TEST_F(Shares, NobodyGivesWayToWhoWouldHaveNearlyAsMuch) {
  auto* const oldest = add("192.0.2.1", 20);
  add("203.0.113.1", 8);
  EXPECT_EQ(shares.giving_way_to(peer("203.0.113.1")), oldest);
  add("203.0.113.1", 1);
  EXPECT_EQ(shares.giving_way_to(peer("203.0.113.1")), nullptr);
}

TEST_F(Shares, AFewQuestionsAreEverybodysRight) {
  EXPECT_EQ(shares.giving_way_to(peer("203.0.113.1")), nullptr);
  add("192.0.2.1", ClientShares::unquestioned);
  EXPECT_EQ(shares.giving_way_to(peer("203.0.113.1")), nullptr);
  add("192.0.2.1", 1);
  EXPECT_NE(shares.giving_way_to(peer("203.0.113.1")), nullptr);
}

}  // namespace

}  // namespace client_shares_test
