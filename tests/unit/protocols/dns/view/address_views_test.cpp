#include "protocols/dns/view/address_views.hpp"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace address_views_test {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::IsEmpty;
using thence::config::Prefix;
using thence::config::PrefixList;
using thence::dns::AddressViews;
using thence::dns::most_views;
using thence::dns::NetworkViews;
using thence::dns::ViewSet;

const PrefixList private_but{{*Prefix::parse("10.0.0.0/8"), *Prefix::parse("fd00::/8")},
                             {*Prefix::parse("10.1.0.0/16")}};
const PrefixList everything{};
const PrefixList ends{{*Prefix::parse("0.0.0.0"), *Prefix::parse("255.255.255.255")}, {}};

std::vector<std::size_t> numbers(ViewSet views) {
  std::vector<std::size_t> all;
  for (auto first = views.first(); first != most_views; first = views.first()) {
    all.push_back(first);
    views.put(first, false);
  }
  return all;
}

TEST(AddressViews, AreThoseWhoseListsCoverTheAddress) {
  const AddressViews views({&private_but, &everything, &ends});
  const auto of = [&](const char* address) { return numbers(views.find(make_address(address))); };
  EXPECT_THAT(of("10.0.0.0"), ElementsAre(0, 1));
  EXPECT_THAT(of("10.0.255.255"), ElementsAre(0, 1));
  EXPECT_THAT(of("10.1.0.0"), ElementsAre(1));
  EXPECT_THAT(of("10.1.255.255"), ElementsAre(1));
  EXPECT_THAT(of("10.2.0.0"), ElementsAre(0, 1));
  EXPECT_THAT(of("11.0.0.0"), ElementsAre(1));
  EXPECT_THAT(of("0.0.0.0"), ElementsAre(1, 2));
  EXPECT_THAT(of("255.255.255.255"), ElementsAre(1, 2));
  EXPECT_THAT(of("fd00::1"), ElementsAre(0, 1));
  EXPECT_THAT(of("fe00::"), ElementsAre(1));
}

TEST(NetworkViews, AreThoseWhoseListsCoverAllOfTheNetwork) {
  const NetworkViews views({&private_but, &everything, &ends});
  const auto of = [&](const char* network) { return numbers(views.find(*Prefix::parse(network))); };
  EXPECT_THAT(of("10.2.0.0/15"), ElementsAre(0, 1));
  EXPECT_THAT(of("10.0.0.0/8"), ElementsAre(1)) << "a part of it is excluded";
  EXPECT_THAT(of("10.0.0.0/16"), ElementsAre(0, 1));
  EXPECT_THAT(of("0.0.0.0/0"), ElementsAre(1));
  EXPECT_THAT(of("0.0.0.0/32"), ElementsAre(1, 2));
  EXPECT_THAT(of("fd00::/8"), ElementsAre(0, 1));
  EXPECT_THAT(of("fc00::/7"), ElementsAre(1));
}

TEST(AddressViews, OfNoListsAreNone) {
  EXPECT_THAT(numbers(AddressViews({}).find(make_address("192.0.2.1"))), IsEmpty());
  EXPECT_THAT(numbers(NetworkViews({}).find(*Prefix::parse("::/0"))), IsEmpty());
}

}  // namespace address_views_test
