#include "responder/probe/local_sources.hpp"

#include "tests/unit/responder/probe/failures.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace local_sources_test {

using boost::asio::ip::make_address;
using probe_failures::failure_of;
using testing::ElementsAre;
using namespace thence;
using namespace thence::probe;

namespace {

std::vector<std::string> addresses(const std::vector<LocalSource>& sources) {
  std::vector<std::string> all;
  for (const auto& each : sources) {
    const auto bare = each.address.is_v4() ? each.address.to_string()
                                           : boost::asio::ip::address_v6(each.address.to_v6().to_bytes()).to_string();
    all.push_back(each.interface + ' ' + bare);
  }
  return all;
}

const InterfaceTable interfaces({
    {1, "lo", true, {{make_address("127.0.0.1"), 8}, {make_address("::1"), 128}}},
    {2,
     "wan",
     true,
     {{make_address("192.0.2.2"), 24}, {make_address("fe80::2"), 64}, {make_address("2001:db8::2"), 64}}},
    {3,
     "lan",
     true,
     {{make_address("10.0.0.1"), 24},
      {make_address("10.0.0.2"), 24},
      {make_address("fe80::3"), 64},
      {make_address("2001:db8::3"), 64, false}}},
    {4, "down", false, {{make_address("10.4.0.1"), 24}}},
});

}  // namespace

TEST(ProbeLocalSources, AreThoseThatCanReachTheServer) {
  const auto from_all = [](const char* server) {
    return addresses(local_sources(interfaces, make_address(server), {}));
  };
  EXPECT_THAT(from_all("198.51.100.1"), ElementsAre("wan 192.0.2.2", "lan 10.0.0.1", "lan 10.0.0.2"));
  EXPECT_THAT(from_all("10.0.0.2"), ElementsAre("lo 127.0.0.1", "wan 192.0.2.2", "lan 10.0.0.1", "lan 10.0.0.2"));
  EXPECT_THAT(from_all("2001:db8::1"), ElementsAre("wan 2001:db8::2"));
  EXPECT_THAT(from_all("::1"), ElementsAre("lo ::1", "wan 2001:db8::2"));
}

TEST(ProbeLocalSources, LinkLocalServersAreAskedOnEachLinkOrTheOneNamed) {
  const auto each = local_sources(interfaces, make_address("fe80::9"), {});
  EXPECT_THAT(addresses(each), ElementsAre("wan fe80::2", "lan fe80::3"));
  EXPECT_EQ(each[1].server.to_v6().scope_id(), 3);
  const boost::asio::ip::address named = boost::asio::ip::address_v6(make_address("fe80::9").to_v6().to_bytes(), 2);
  EXPECT_THAT(addresses(local_sources(interfaces, named, {})), ElementsAre("wan fe80::2"));
}

TEST(ProbeLocalSources, FromIsAnAddressOrAnInterface) {
  const auto from = [](const char* server, const char* wanted) {
    return addresses(local_sources(interfaces, make_address(server), wanted));
  };
  EXPECT_THAT(from("198.51.100.1", "lan"), ElementsAre("lan 10.0.0.1", "lan 10.0.0.2"));
  EXPECT_THAT(from("198.51.100.1", "10.0.0.2"), ElementsAre("lan 10.0.0.2"));
  EXPECT_THAT(from("127.0.0.1", "127.7.7.7"), ElementsAre("lo 127.7.7.7"));
  EXPECT_EQ(failure_of([&] { from("198.51.100.1", "nosuch"); }), Status::usage);
  EXPECT_EQ(failure_of([&] { from("198.51.100.1", "10.9.9.9"); }), Status::usage);
  EXPECT_EQ(failure_of([&] { from("198.51.100.1", "down"); }), Status::no_answer);
  EXPECT_EQ(failure_of([&] { from("198.51.100.1", "::1"); }), Status::no_answer);
  EXPECT_EQ(failure_of([&] { from("2001:db8::1", "lan"); }), Status::no_answer) << "not usable";
}

}  // namespace local_sources_test
