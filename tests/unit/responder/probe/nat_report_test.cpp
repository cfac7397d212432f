#include "responder/probe/nat_report.hpp"

#include <chrono>
#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace nat_report_test {

using namespace thence;
using namespace thence::probe;
using namespace std::chrono_literals;

Endpoint endpoint(const char* address, std::uint16_t port) { return {boost::asio::ip::make_address(address), port}; }

NatReport behind_a_nat() {
  NatReport report;
  report.interface = "eth0";
  report.seen.server = endpoint("192.0.2.1", 3478);
  report.seen.local = endpoint("10.0.0.2", 40000);
  report.seen.primary.response = BindingResponse{};
  report.seen.primary.response->reflexive = endpoint("203.0.113.5", 50000);
  report.behavior.nat = true;
  report.behavior.mapping = Dependence::endpoint_independent;
  report.behavior.filtering = Dependence::address_dependent;
  report.behavior.hairpinning = false;
  report.behavior.lifetime = {30s, 60s};
  report.behavior.fragmented_requests = true;
  report.behavior.old_name = "restricted cone";
  report.behavior.verdict = "peers can reach it";
  report.behavior.findings = {"what a good server does not do"};
  report.behavior.not_found_out = {{"fragments", "the server refuses PADDING: 420"}};
  return report;
}

TEST(NatReport, ForPeopleHasALineForEachProperty) {
  EXPECT_EQ(report_text(behind_a_nat()),
            "IPv4, from 10.0.0.2 (eth0) to 192.0.2.1:3478\n"
            "  NAT               10.0.0.2:40000 is seen as 203.0.113.5:50000\n"
            "  mapping           endpoint-independent\n"
            "  filtering         address-dependent\n"
            "  hairpinning       no\n"
            "  binding lifetime  at least 30 s, less than 60 s\n"
            "  fragments         requests pass, responses not found out\n"
            "  old name          restricted cone\n"
            "  peers can reach it.\n"
            "  finding: what a good server does not do\n"
            "  not found out: fragments: the server refuses PADDING: 420\n");
}

TEST(NatReport, WithoutANatLeavesOutWhatOnlyANatHas) {
  NatReport report;
  report.seen.server = endpoint("2001:db8::1", 3478);
  report.seen.local = endpoint("2001:db8::2", 40000);
  report.behavior.nat = false;
  report.behavior.mapping = report.behavior.filtering = Dependence::endpoint_independent;
  report.behavior.fragments = true;
  report.behavior.verdict = "no NAT";
  EXPECT_EQ(report_text(report),
            "IPv6, from 2001:db8::2 to [2001:db8::1]:3478\n"
            "  NAT        none: [2001:db8::2]:40000 is seen as it is\n"
            "  mapping    endpoint-independent\n"
            "  filtering  endpoint-independent\n"
            "  fragments  pass, both ways\n"
            "  no NAT.\n");
}

TEST(NatReport, WithoutAnAnswerIsTheVerdictAlone) {
  NatReport report;
  report.seen.server = endpoint("192.0.2.1", 3478);
  report.seen.local = endpoint("10.0.0.2", 40000);
  report.behavior.verdict = "no answer";
  report.behavior.not_found_out = {{"NAT", "timed out"}};
  EXPECT_EQ(report_text(report), "IPv4, from 10.0.0.2 to 192.0.2.1:3478\n  no answer.\n");
}

TEST(NatReport, AsJsonHasNullForWhatWasNotFoundOut) {
  const auto json = report_json(behind_a_nat());
  EXPECT_EQ(json.at("reflexive"), "203.0.113.5:50000");
  EXPECT_EQ(json.at("other_address"), nullptr);
  EXPECT_EQ(json.at("mapping"), "endpoint-independent");
  EXPECT_EQ(json.at("hairpinning"), false);
  EXPECT_EQ(json.at("fragments"), nullptr);
  EXPECT_EQ(json.at("fragments_detail").at("requests"), true);
  EXPECT_EQ(json.at("lifetime_seconds"), boost::json::parse(R"({"at_least": 30, "less_than": 60})"));
  EXPECT_EQ(json.at("not_found_out"),
            boost::json::parse(R"([{"what": "fragments", "why": "the server refuses PADDING: 420"}])"));
}

}  // namespace nat_report_test
