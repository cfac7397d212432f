#include "responder/command/amplification.hpp"

#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_families.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amplification_test {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace thence;

namespace {

// Indexes that no interface has here.
const InterfaceTable host{{{90001,
                            "eth0",
                            true,
                            {{make_address("10.0.0.1"), 8},
                             {make_address("203.0.113.1"), 24},
                             {make_address("2001:db8::1"), 64},
                             {make_address("fe80::1"), 64},
                             {make_address("fd00::1"), 64}}}}};

constexpr auto zone = "{ name: a.test, records: ['@ 1 SOA n. h. 1 1 1 1 1', '@ 1 NS n.'] }";

std::vector<std::string> said(const std::string& listener, const std::string& more = "") {
  const auto yaml = "listeners: [{ port: 53, protocols: [dns] " + listener + " }]\ndns: { zones: [" + zone + "]" +
                    more + " }\nadvertise: { 10.0.0.1: 198.51.100.1 }\n";
  return words_about_amplification(load(config::Document::parse("t.yaml", yaml)), host, HostFamilies{});
}

TEST(Amplification, IsSaidWhereAddressesBeyondThePrivateOnesAreServed) {
  EXPECT_THAT(
      said(", addresses: [203.0.113.1]"),
      ElementsAre("dns has no rate-limit: whoever forges a source can have replies of up to 36 times the size of "
                  "a request sent to it, from 203.0.113.1 port 53"))
      << "1232 octets for 12 + 8 + 4 + 11";
  EXPECT_THAT(said(""), ElementsAre(HasSubstr("from 198.51.100.1 port 53 and 2 more"))) << "also by 1:1 NAT";
  EXPECT_THAT(said(", addresses: ['fd00::/8', 'fe80::/10', 127.0.0.0/8]"), IsEmpty());
}

TEST(Amplification, IsBoundedByALimitOrByAHandshake) {
  EXPECT_THAT(said("", ", rate-limit: { per-second: 100 }"), IsEmpty());
  EXPECT_THAT(said(", transports: [tcp]"), IsEmpty());
}

TEST(Amplification, OfStunIsWhatItsSettingsAllow) {
  const auto of_stun = [](const std::string& settings) {
    const auto yaml =
        "listeners: [{ port: 3478, protocols: [stun], addresses: [203.0.113.1] }]\ndns: {}\nstun: {" + settings + "}\n";
    return words_about_amplification(load(config::Document::parse("t.yaml", yaml)), host, HostFamilies{});
  };
  EXPECT_THAT(of_stun(""),
              ElementsAre(HasSubstr("stun has no rate-limit: whoever forges a source can have replies of up "
                                    "to 3 times the size")));
  EXPECT_THAT(of_stun("behavior-discovery: { amplification: 7 }"), ElementsAre(HasSubstr("up to 7 times")));
  EXPECT_THAT(of_stun("rate-limit: { per-second: 9 }"), IsEmpty());
}

}  // namespace

}  // namespace amplification_test
