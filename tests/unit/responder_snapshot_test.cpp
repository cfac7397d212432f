#include "responder/snapshot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(AlternatePort, OfAnotherProtocolIsAMistake) {
  EXPECT_THAT(mistakes(std::string(discovery) +
                       "listeners: [{ port: 3478, protocols: [stun] }, { port: 3479, protocols: [dns] }]"),
              HasSubstr("t.yaml:1:7: stun: needs port 3479 beside its own"));
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
  EXPECT_THAT(mistakes("advertise: [10.0.0.5]"), HasSubstr("advertise: is not a mapping"));
}
