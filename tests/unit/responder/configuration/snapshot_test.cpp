#include "responder/configuration/snapshot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace snapshot_test {

using namespace thence;
using testing::HasSubstr;

namespace {

std::string served(const std::string& text) {
  std::string all;
  for (const auto& listener : load(config::Document::parse("t.yaml", text)).settings.listeners) {
    all += std::to_string(listener.port) + (listener.ipv4 ? " 4" : "") + (listener.ipv6 ? " 6" : "");
    for (const auto& protocol : listener.protocols) all += ' ' + protocol;
    all += '\n';
  }
  return all;
}

std::string mistakes(const std::string& text) {
  try {
    load(config::Document::parse("t.yaml", text));
  } catch (const config::Invalid& invalid) {
    return invalid.what();
  }
  return "none";
}

constexpr auto discovery = "stun: { behavior-discovery: true }\n";

}  // namespace

TEST(AlternatePort, IsServedAsTheListenersOfTheProtocolAre) {
  EXPECT_EQ(served(std::string(discovery) +
                   "listeners: [{ port: 53, protocols: [dns] }, { port: 3478, protocols: [stun], families: [ipv6] }]"),
            "53 4 6 dns\n3478 6 stun\n3479 6 stun\n");
  EXPECT_EQ(served(std::string(discovery) + "listeners: [{ port: 3478, protocols: [dns, stun] }]"),
            "3478 4 6 dns stun\n3479 4 6 stun\n");
  EXPECT_EQ(served(std::string(discovery) + "listeners: [{ port: 53, protocols: [dns] }]"), "53 4 6 dns\n");
  EXPECT_EQ(served("listeners: [{ port: 3478, protocols: [stun] }]"), "3478 4 6 stun\n");
}

TEST(AlternatePort, OfListenersForEachFamilyIsServedForEach) {
  EXPECT_EQ(served(std::string(discovery) + "listeners:\n"
                                            "  - { port: 3478, protocols: [stun], families: [ipv4] }\n"
                                            "  - { port: 3478, protocols: [stun], families: [ipv6] }\n"),
            "3478 4 stun\n3478 6 stun\n3479 4 stun\n3479 6 stun\n");
}

TEST(AlternatePort, MayBeAListenerOfTheUsers) {
  EXPECT_EQ(served(std::string(discovery) +
                   "listeners: [{ port: 3478, protocols: [stun] }, { port: 3479, protocols: [stun] }]"),
            "3478 4 6 stun\n3479 4 6 stun\n");
  EXPECT_EQ(served(std::string(discovery) +
                   "listeners: [{ port: 3478, protocols: [stun] }, { port: 5000, protocols: [stun] }]"),
            "3478 4 6 stun\n5000 4 6 stun\n3479 4 6 stun\n");
}

TEST(AlternatePort, IsServedWhereTheUsersListenersLeaveIt) {
  const auto text = std::string(discovery) +
                    "listeners:\n  - { port: 3478, protocols: [stun] }\n"
                    "  - { port: 3479, protocols: [stun], transports: [tcp], families: [ipv4] }\n"
                    "  - { port: 3479, protocols: [stun], transports: [udp], families: [ipv6] }\n";
  const auto listeners = load(config::Document::parse("t.yaml", text)).settings.listeners;
  ASSERT_EQ(listeners.size(), 5U);
  EXPECT_TRUE(listeners[3].ipv4 && !listeners[3].ipv6 && listeners[3].transports == Transports{Transport::udp});
  EXPECT_TRUE(!listeners[4].ipv4 && listeners[4].ipv6 && listeners[4].transports == Transports{Transport::tcp});
}

TEST(AlternatePort, ThatIsTheOnlyOneIsWarnedOf) {
  for (const auto* const listener :
       {"{ port: 3479, protocols: [stun] }", "{ port: 1, protocols: [stun], transports: [tcp] }",
        "{ port: 53, protocols: [dns] }"}) {
    const auto snapshot =
        load(config::Document::parse("t.yaml", discovery + ("listeners: [" + std::string(listener) + "]")));
    ASSERT_EQ(snapshot.problems.size(), 1U) << listener;
    EXPECT_THAT(snapshot.problems[0].text(), HasSubstr("no listener serves it over UDP on a port other than 3479"));
  }
}

TEST(AlternatePort, OfAnotherProtocolIsAMistake) {
  EXPECT_THAT(mistakes(std::string(discovery) +
                       "listeners: [{ port: 3478, protocols: [stun] }, { port: 3479, protocols: [dns] }]"),
              HasSubstr("t.yaml:1:7: stun: needs port 3479 beside its own"));
  EXPECT_THAT(mistakes(std::string(discovery) + "listeners:\n  - { port: 3478, protocols: [stun] }\n"
                                                "  - { port: 3479, protocols: [stun], families: [ipv4] }\n"
                                                "  - { port: 3479, protocols: [dns], families: [ipv6] }\n"),
              HasSubstr("stun: needs port 3479 beside its own"));
}

TEST(Advertise, GivesLocalAddressesTheirPublicOnes) {
  const auto snapshot =
      load(config::Document::parse("t.yaml", "advertise: { 10.0.0.5: 203.0.113.7, 'fd00::5': '2001:db8::7' }"));
  ASSERT_EQ(snapshot.settings.advertised.size(), 2U);
  EXPECT_EQ(snapshot.settings.advertised.at(boost::asio::ip::make_address("10.0.0.5")).to_string(), "203.0.113.7");
  EXPECT_EQ(snapshot.settings.advertised.at(boost::asio::ip::make_address("fd00::5")).to_string(), "2001:db8::7");
}

TEST(Advertise, MistakesAreToldAtTheirPlace) {
  EXPECT_THAT(mistakes("advertise: { 10.0.0.5: example.com }"), HasSubstr("t.yaml:1:24: advertise.10.0.0.5: "));
  EXPECT_THAT(mistakes("advertise: { me: 192.0.2.1 }"), HasSubstr("t.yaml:1:14: advertise.me: 'me' is no address"));
  EXPECT_THAT(mistakes("advertise: { 10.0.0.5: '2001:db8::7' }"), HasSubstr("is of another family than 10.0.0.5"));
  EXPECT_THAT(mistakes("advertise: { '::5': '::6', '0::5': '::7' }"), HasSubstr("stands here a second time"));
  EXPECT_THAT(mistakes("advertise: { 'fe80::1%lo': 'fe80::2' }"), HasSubstr("is no address"));
  EXPECT_THAT(mistakes("advertise: { 10.0.0.5: 192.0.2.1, 10.0.0.6: 192.0.2.1 }"),
              HasSubstr("calls another one already"));
  for (const auto* const each :
       {"0.0.0.0", "224.0.0.1", "255.255.255.255", "'::'", "'ff02::1'", "'::ffff:192.0.2.1'"}) {
    EXPECT_THAT(mistakes(std::string("advertise: { ") + each + ": 192.0.2.1 }"), HasSubstr("is no address")) << each;
  }
  EXPECT_THAT(mistakes("advertise: [10.0.0.5]"), HasSubstr("advertise: is not a mapping"));
}

}  // namespace snapshot_test
