#include "responder/probe/nat_behavior.hpp"

#include "responder/probe/binding_lifetime.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nat_behavior_test {

using std::chrono::seconds;
using testing::HasSubstr;
using namespace thence;
using namespace thence::probe;

namespace {

Endpoint endpoint(const char* address, std::uint16_t port) { return {boost::asio::ip::make_address(address), port}; }

const Endpoint local = endpoint("10.0.0.2", 40000);
const Endpoint mapped = endpoint("203.0.113.5", 50000);
const Endpoint other_mapped = endpoint("203.0.113.5", 50001);
const Endpoint third_mapped = endpoint("203.0.113.5", 50002);
const Endpoint server = endpoint("192.0.2.1", 3478);
const Endpoint other = endpoint("192.0.2.2", 3479);
const Endpoint other_address = endpoint("192.0.2.2", 3478);
const Endpoint other_port = endpoint("192.0.2.1", 3479);

BindingOutcome answer(const Endpoint& asked, const Endpoint& reflexive, const Endpoint& from) {
  BindingResponse response;
  response.reflexive = reflexive;
  response.other_address = other;
  return {.asked = asked, .tried = true, .response = response, .answered_from = from, .transmissions = 1};
}
BindingOutcome answer(const Endpoint& asked, const Endpoint& reflexive) { return answer(asked, reflexive, asked); }
BindingOutcome silence(const Endpoint& asked) { return {.asked = asked, .tried = true, .why = "timed out"}; }
BindingOutcome refusal(const Endpoint& asked, unsigned code = 420) {
  BindingResponse response;
  response.error = code;
  response.reason = "Unknown Attribute";
  return {.asked = asked, .tried = true, .response = response, .answered_from = asked, .transmissions = 1};
}

/// A full cone with all tests made; each test takes away from it.
NatObservations everything_answers(const Endpoint& reflexive = mapped) {
  NatObservations seen;
  seen.server = server;
  seen.local = local;
  seen.primary = answer(server, reflexive);
  seen.alternate_address = answer(other_address, reflexive);
  seen.alternate_both = answer(other, reflexive);
  seen.alternate_port = answer(other_port, reflexive);
  seen.change_both.fresh = answer(server, reflexive, other);
  seen.change_port.fresh = answer(server, reflexive, other_port);
  seen.hairpin = Hairpin::received;
  seen.padding.link_mtu = 1500;
  seen.padding.request_size = 1552;
  seen.padding.response_size = 1552;
  seen.padding.padded = answer(server, reflexive);
  seen.lifetime.tests = {{seconds(130), true}};
  return seen;
}

void filter_address(NatObservations& seen) {
  seen.change_both.fresh = silence(server);
  seen.change_both.opened = answer(server, mapped, other);
}
void filter_port(NatObservations& seen) {
  filter_address(seen);
  seen.change_port.fresh = silence(server);
  seen.change_port.opened = answer(server, mapped, other_port);
}

std::string why(const NatBehavior& behavior, std::string_view what) {
  for (const auto& each : behavior.not_found_out) {
    if (each.what == what) return each.why;
  }
  return "";
}

struct Named {
  const char* name;
  bool nat;
  std::optional<Dependence> mapping;
  std::optional<Dependence> filtering;
  std::optional<std::string> old_name;
  const char* verdict;
};

constexpr auto independent = Dependence::endpoint_independent;
constexpr auto by_address = Dependence::address_dependent;
constexpr auto by_port = Dependence::address_and_port_dependent;

void PrintTo(const Named& named, std::ostream* to) { *to << named.name; }

NatObservations observations_of(const Named& named) {
  auto seen = everything_answers(named.nat ? mapped : local);
  if (named.nat && named.mapping != independent) seen.alternate_address.response->reflexive = other_mapped;
  if (named.mapping == by_address) seen.alternate_both.response->reflexive = other_mapped;
  if (named.mapping == by_port) seen.alternate_both.response->reflexive = third_mapped;
  if (named.nat && !named.mapping) {
    seen.alternate_address = silence(other_address);
    seen.alternate_both = silence(other);
  }
  if (named.filtering == by_address) filter_address(seen);
  if (named.filtering == by_port) filter_port(seen);
  if (!named.filtering) {
    filter_port(seen);
    seen.alternate_both = silence(other);
  }
  return seen;
}

class Verdicts : public testing::TestWithParam<Named> {};

}  // namespace

TEST_P(Verdicts, AreInTheTermsOfRfc4787WithTheOldName) {
  const auto& named = GetParam();
  const auto behavior = decide(observations_of(named));
  EXPECT_EQ(behavior.nat, named.nat);
  EXPECT_EQ(behavior.mapping, named.mapping);
  EXPECT_EQ(behavior.filtering, named.filtering);
  EXPECT_EQ(behavior.old_name, named.old_name);
  EXPECT_THAT(behavior.verdict, HasSubstr(named.verdict));
  EXPECT_EQ(why(behavior, "mapping").empty(), named.mapping.has_value());
  EXPECT_EQ(why(behavior, "filtering").empty(), named.filtering.has_value());
}

INSTANTIATE_TEST_SUITE_P(
    ProbeNatBehavior, Verdicts,
    testing::Values(
        Named{"open", false, independent, independent, "open Internet", "no NAT, no firewall"},
        Named{"firewall", false, independent, by_port, "symmetric UDP firewall",
              "a firewall with address and port-dependent filtering"},
        Named{"firewall_by_address", false, independent, by_address, "symmetric UDP firewall",
              "a firewall with address-dependent filtering"},
        Named{"perhaps_a_firewall", false, independent, {}, {}, "no NAT, filtering not found out"},
        Named{"full_cone", true, independent, independent, "full cone",
              "endpoint-independent mapping, endpoint-independent filtering (\"full cone\"): any peer can reach"},
        Named{"restricted", true, independent, by_address, "restricted cone",
              "endpoint-independent mapping, address-dependent filtering"},
        Named{"port_restricted", true, independent, by_port, "port-restricted cone",
              "endpoint-independent mapping, address and port-dependent filtering (\"port-restricted cone\")"},
        Named{"some_cone", true, independent, {}, {}, "does not tell whether peers can reach"},
        Named{"symmetric_a_i", true, by_address, independent, "symmetric", "address-dependent mapping"},
        Named{"symmetric_a_a", true, by_address, by_address, "symmetric", "address-dependent mapping"},
        Named{"symmetric_a_p", true, by_address, by_port, "symmetric", "a relay (TURN) is needed"},
        Named{"symmetric_p_i", true, by_port, independent, "symmetric", "address and port-dependent mapping"},
        Named{"symmetric_p_a", true, by_port, by_address, "symmetric", "address and port-dependent mapping"},
        Named{"symmetric_p_p", true, by_port, by_port, "symmetric",
              "address and port-dependent mapping, address and port-dependent filtering (\"symmetric\")"},
        Named{"mapping_unknown", true, {}, independent, {}, "mapping not found out, endpoint-independent filtering"},
        Named{"both_unknown", true, {}, {}, {}, "mapping not found out, filtering not found out"}),
    [](const auto& of) { return of.param.name; });

TEST(ProbeNatBehavior, WithoutAnAnswerNothingIsFoundOut) {
  auto seen = everything_answers();
  seen.primary = silence(server);
  const auto behavior = decide(seen);
  EXPECT_EQ(behavior.nat, std::nullopt);
  EXPECT_EQ(behavior.mapping, std::nullopt);
  EXPECT_EQ(behavior.filtering, std::nullopt);
  EXPECT_EQ(behavior.old_name, std::nullopt);
  EXPECT_THAT(why(behavior, "all"), HasSubstr("timed out"));
}

TEST(ProbeNatBehavior, WithoutOtherAddressOnlyNatIsKnown) {
  auto seen = everything_answers();
  seen.primary.response->other_address.reset();
  const auto behavior = decide(seen);
  EXPECT_EQ(behavior.nat, true);
  EXPECT_EQ(behavior.mapping, std::nullopt);
  EXPECT_EQ(behavior.filtering, std::nullopt);
  EXPECT_THAT(why(behavior, "filtering"), HasSubstr("names no OTHER-ADDRESS"));
  EXPECT_TRUE(behavior.findings.empty());
}

TEST(ProbeNatBehavior, AnOtherAddressThatIsNotOtherIsAFinding) {
  const std::pair<Endpoint, const char*> cases[] = {{server, "which is the one asked"},
                                                    {other_address, "the same port"},
                                                    {other_port, "the same address"},
                                                    {endpoint("2001:db8::1", 3479), "another family"}};
  for (const auto& [named, said] : cases) {
    auto seen = everything_answers();
    seen.primary.response->other_address = named;
    const auto behavior = decide(seen);
    EXPECT_EQ(behavior.mapping, std::nullopt);
    EXPECT_EQ(behavior.filtering, std::nullopt);
    EXPECT_THAT(why(behavior, "mapping"), HasSubstr(said));
    EXPECT_THAT(behavior.findings, testing::Contains(HasSubstr(said)));
  }
}

TEST(ProbeNatBehavior, SilenceProvesNothingWhereTheAlternateIsSilentAnyway) {
  auto seen = everything_answers();
  filter_port(seen);
  seen.alternate_port = silence(other_port);
  auto behavior = decide(seen);
  EXPECT_EQ(behavior.filtering, std::nullopt);
  EXPECT_THAT(why(behavior, "filtering"), HasSubstr("192.0.2.1:3479"));
  EXPECT_THAT(behavior.findings, testing::Contains(HasSubstr("192.0.2.1:3479")));

  seen = everything_answers();
  filter_address(seen);
  seen.alternate_both = silence(other);
  behavior = decide(seen);
  EXPECT_EQ(behavior.filtering, std::nullopt);
  EXPECT_THAT(why(behavior, "filtering"), HasSubstr("not address-and-port-dependent"));
}

TEST(ProbeNatBehavior, SilenceProvesNothingWhereTheServerDoesNotChangeItsSource) {
  auto seen = everything_answers();
  filter_port(seen);
  seen.change_both.opened = silence(server);
  EXPECT_EQ(decide(seen).filtering, std::nullopt);
  EXPECT_THAT(why(decide(seen), "filtering"), HasSubstr("even where the filter is open"));
  // With a mapping a destination that control would be in vain.
  seen.alternate_address.response->reflexive = other_mapped;
  seen.alternate_both.response->reflexive = third_mapped;
  EXPECT_EQ(decide(seen).filtering, by_port);
}

TEST(ProbeNatBehavior, ARefusedChangeRequestIsSaid) {
  auto seen = everything_answers();
  seen.change_both.fresh = refusal(server);
  seen.change_port.fresh = refusal(server);
  const auto behavior = decide(seen);
  EXPECT_EQ(behavior.filtering, std::nullopt);
  EXPECT_THAT(why(behavior, "filtering"), HasSubstr("refuses CHANGE-REQUEST: 420"));
  EXPECT_EQ(behavior.mapping, independent);
}

TEST(ProbeNatBehavior, AWrongSourceIsAFindingAndProvesNothing) {
  auto seen = everything_answers();
  seen.change_both.fresh = answer(server, mapped, server);
  auto behavior = decide(seen);
  EXPECT_EQ(behavior.filtering, std::nullopt);
  EXPECT_THAT(behavior.findings, testing::ElementsAre(HasSubstr("WRONG SOURCE: asked to answer from 192.0.2.2:3479")));

  seen = everything_answers();
  seen.alternate_address = answer(other_address, other_mapped, server);
  behavior = decide(seen);
  EXPECT_EQ(behavior.mapping, independent) << "by the other alternate alone";
  EXPECT_THAT(behavior.findings, testing::ElementsAre(HasSubstr("asked on 192.0.2.2:3478")));
}

TEST(ProbeNatBehavior, AMappingThatDependsOnSomethingUnknownIsNotGuessed) {
  auto seen = everything_answers();
  seen.alternate_address.response->reflexive = other_mapped;
  seen.alternate_both = silence(other);
  auto behavior = decide(seen);
  EXPECT_EQ(behavior.mapping, std::nullopt);
  EXPECT_THAT(why(behavior, "mapping"), HasSubstr("depends on the destination"));

  seen = everything_answers();
  seen.alternate_port.response->reflexive = other_mapped;
  EXPECT_EQ(decide(seen).mapping, by_port);
}

TEST(ProbeNatBehavior, HairpinningIsNotDeniedWhereAFilterMayHaveHiddenIt) {
  auto seen = everything_answers();
  EXPECT_EQ(decide(seen).hairpinning, true);
  seen.hairpin = Hairpin::silent;
  EXPECT_EQ(decide(seen).hairpinning, false);
  seen.alternate_address.response->reflexive = other_mapped;
  EXPECT_EQ(decide(seen).hairpinning, std::nullopt);
  EXPECT_NE(why(decide(seen), "hairpinning"), "");
  seen.hairpin = Hairpin::not_tried;
  EXPECT_EQ(decide(seen).hairpinning, std::nullopt);
  EXPECT_EQ(decide(everything_answers(local)).hairpinning, std::nullopt) << "there is no NAT";
}

TEST(ProbeNatBehavior, FragmentsNeedAnAnswerInFragments) {
  auto seen = everything_answers();
  EXPECT_EQ(decide(seen).fragments, true);

  seen.padding.response_size = 0;
  EXPECT_EQ(decide(seen).fragments, std::nullopt);
  EXPECT_EQ(decide(seen).fragmented_requests, true);

  seen.padding.padded = silence(server);
  seen.padding.small = answer(server, mapped);
  seen.padding.heavy = answer(server, mapped);
  seen.padding.whole = answer(server, mapped);
  EXPECT_EQ(decide(seen).fragments, false);
  EXPECT_EQ(decide(seen).fragmented_requests, true);
  EXPECT_EQ(decide(seen).fragmented_responses, false);

  seen.padding.small = silence(server);
  EXPECT_EQ(decide(seen).fragments, std::nullopt) << "perhaps the server answers no PADDING at all";
  EXPECT_THAT(why(decide(seen), "fragments"), HasSubstr("may be lost"));

  seen.padding.heavy = silence(server);
  EXPECT_EQ(decide(seen).fragments, false);
  EXPECT_EQ(decide(seen).fragmented_requests, false);

  seen.padding.whole = silence(server);
  EXPECT_EQ(decide(seen).fragments, std::nullopt);
  EXPECT_THAT(why(decide(seen), "fragments"), HasSubstr("not even those"));

  seen.padding.small = refusal(server);
  EXPECT_THAT(why(decide(seen), "fragments"), HasSubstr("refuses PADDING"));

  seen.padding.padded = refusal(server);
  seen.padding.heavy = answer(server, mapped);
  EXPECT_EQ(decide(seen).fragments, std::nullopt);
  EXPECT_EQ(decide(seen).fragmented_requests, true);
  EXPECT_THAT(why(decide(seen), "fragments"), HasSubstr("refuses PADDING"));

  seen.padding = {.link_mtu = 65535};
  EXPECT_EQ(decide(seen).fragments, std::nullopt);
  EXPECT_THAT(why(decide(seen), "fragments"), HasSubstr("65535"));
}

TEST(ProbeNatBehavior, TheLifetimeLiesBetweenTheLongestThatSurvivedAndTheNext) {
  auto seen = everything_answers();
  seen.lifetime.tests = {{seconds(8), true}, {seconds(16), false}, {seconds(12), true}, {seconds(13), false}};
  auto found = decide(seen);
  EXPECT_EQ(found.lifetime.at_least, seconds(12));
  EXPECT_EQ(found.lifetime.less_than, seconds(13));
  EXPECT_THAT(found.verdict, HasSubstr("REQ-5"));

  seen.lifetime.tests = {{seconds(60), true}, {seconds(52), false}, {seconds(130), true}};
  found = decide(seen);
  EXPECT_EQ(found.lifetime.at_least, seconds(130)) << "the one of 52 was lost on the way";
  EXPECT_EQ(found.lifetime.less_than, std::nullopt);

  seen.lifetime = {{}, "the server refuses RESPONSE-PORT: 420"};
  found = decide(seen);
  EXPECT_EQ(found.lifetime.at_least, std::nullopt);
  EXPECT_THAT(why(found, "binding lifetime"), HasSubstr("420"));
}

TEST(ProbeNatBehavior, AlternatesAreRelativeToTheAddressAsked) {
  const auto found = alternates(server, other);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, other_address);
  EXPECT_EQ(found->port, other_port);
  EXPECT_EQ(found->both, other);
  EXPECT_FALSE(alternates(server, other_address));
  EXPECT_FALSE(alternates(server, other_port));
  EXPECT_FALSE(alternates(server, endpoint("2001:db8::2", 3479)));
}

}  // namespace nat_behavior_test
