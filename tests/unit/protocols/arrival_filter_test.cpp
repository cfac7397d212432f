#include "protocols/arrival_filter.hpp"

#include <cstdint>

#include <gtest/gtest.h>

namespace arrival_filter_test {

using namespace thence;
namespace ip = boost::asio::ip;

namespace {

// Indexes that no interface has here, so that no name stands in for them.
const InterfaceTable host{{
    {1, "lo", true, {{ip::make_address("127.0.0.1"), 8}, {ip::make_address("::1"), 128}}},
    {90002, "eth0", true, {{ip::make_address("192.0.2.1"), 24}, {ip::make_address("fe80::1"), 64}}},
    {90003,
     "eth1",
     true,
     {{ip::make_address("192.0.2.1"), 24},
      {ip::make_address("fe80::1"), 64},
      {ip::make_address("2001:db8::1"), 64, false}}},
}};

}  // namespace

TEST(ArrivalFilter, JudgesByNameAndAddress) {
  const auto covers = [](ArrivalFilter filter, const char* address, std::uint32_t interface) {
    filter.update(host);
    return filter.covers(ip::make_address(address), interface);
  };
  EXPECT_TRUE(covers({}, "192.0.2.1", 99));
  EXPECT_TRUE(covers({{{"eth*"}, {}}, {}}, "192.0.2.1", 90002));
  EXPECT_FALSE(covers({{{"eth*"}, {"eth1"}}, {}}, "192.0.2.1", 90003));
  // An interface that nobody has told of yet may be one that is excluded.
  EXPECT_FALSE(covers({{{}, {"eth1"}}, {}}, "192.0.2.1", 99));
  const config::PrefixList prefixes{{*config::Prefix::parse("192.0.2.0/24")}, {*config::Prefix::parse("192.0.2.9")}};
  EXPECT_TRUE(covers({{}, prefixes}, "192.0.2.1", 99));
  EXPECT_FALSE(covers({{}, prefixes}, "192.0.2.9", 90002));
  EXPECT_FALSE(covers({{}, prefixes}, "2001:db8::1", 3));
}

}  // namespace arrival_filter_test
