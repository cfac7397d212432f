#include "config/advertised.hpp"

#include <gtest/gtest.h>

namespace advertised_test {

using namespace thence::config;
using boost::asio::ip::make_address;

TEST(Addresses, AreKnownToTheWorldAsAdvertised) {
  const AdvertisedAddresses advertised{{make_address("10.0.0.5"), make_address("203.0.113.7")}};
  const auto local = make_address("10.0.0.5");
  const auto other = make_address("10.0.0.6");
  EXPECT_EQ(known_as(local, advertised), make_address("203.0.113.7"));
  EXPECT_EQ(known_as(other, advertised), other);
}

}  // namespace advertised_test
