#include "config/settings.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace settings_test {

using namespace thence::config;
using namespace std::chrono_literals;

namespace {

constexpr auto defaults_text = "listeners: [{port: 5300, protocols: [dns]}]\nworkers: auto\n";

struct Read {
  Settings settings;
  std::vector<std::string> problems;
};

Read read(const std::string& text) {
  Problems problems;
  const auto file = Document::parse("t.yaml", text);
  const auto defaults = Document::parse("(default)", defaults_text);
  Configuration configuration(file, defaults, problems);
  Read result{configuration.settings({"dns", "stun"}), {}};
  configuration.close();
  for (const auto& each : problems.sorted()) result.problems.push_back(each.text());
  return result;
}

}  // namespace

TEST(Settings, AnEmptyFileIsTheDefault) {
  for (const auto* const text : {"", "{}", "# nothing\n", "listeners:\nlog:\n"}) {
    const auto [settings, problems] = read(text);
    EXPECT_THAT(problems, testing::IsEmpty());
    ASSERT_EQ(settings.listeners.size(), 1U);
    EXPECT_EQ(settings.listeners[0].port, 5300);
    EXPECT_EQ(settings.workers, std::nullopt);
    EXPECT_EQ(settings.tcp.idle, 10s);
    EXPECT_EQ(settings.log.level, LogLevel::info);
  }
}

TEST(Settings, EveryKeyIsRead) {
  const auto [settings, problems] = read(R"(
listeners:
  - port: 53
    protocols: [dns, stun]
    transports: [udp]
    families: [ipv4, ipv6]
    interfaces: ["lan*", "!lan9"]
    addresses: [10.0.0.0/8, "!10.1.0.0/16"]
    bind: dual-stack
    egress: arrival
    transparent: true
    broadcast: true
workers: 3
user: thence
drain: 7s
tcp: { idle: 2s, connections: 10, connections-per-client: 2, unsent: 4KiB }
log: { level: debug, format: json }
)");
  EXPECT_THAT(problems, testing::IsEmpty());
  ASSERT_EQ(settings.listeners.size(), 1U);
  const auto& listener = settings.listeners[0];
  EXPECT_EQ(listener.interfaces, (GlobList{{"lan*"}, {"lan9"}}));
  EXPECT_EQ(listener.addresses, (PrefixList{{*Prefix::parse("10.0.0.0/8")}, {*Prefix::parse("10.1.0.0/16")}}));
  EXPECT_EQ(settings.user, "thence");
  EXPECT_EQ(settings.drain, 7s);
  EXPECT_EQ(listener.port, 53);
  EXPECT_THAT(listener.protocols, testing::ElementsAre("dns", "stun"));
  EXPECT_EQ(listener.transports, thence::Transports{thence::Transport::udp});
  EXPECT_EQ(listener.bind, Bind::dual_stack);
  EXPECT_EQ(listener.egress, Egress::arrival);
  EXPECT_TRUE(listener.transparent);
  EXPECT_TRUE(listener.broadcast);
  EXPECT_EQ(settings.workers, 3U);
  EXPECT_EQ(settings.tcp.idle, 2s);
  EXPECT_EQ(settings.tcp.connections, 10U);
  EXPECT_EQ(settings.tcp.connections_per_client, 2U);
  EXPECT_EQ(settings.tcp.unsent, 4096U);
  EXPECT_EQ(settings.log.level, LogLevel::debug);
  EXPECT_EQ(settings.log.format, LogFormat::json);
}

TEST(Settings, AllMistakesAtOnce) {
  EXPECT_THAT(read("listners: []\nlisteners:\n  - {port: 70000, protocols: [dsn]}\nworkers: 0\n").problems,
              testing::ElementsAre(
                  testing::StartsWith("t.yaml:1:1: listners: unknown key, did you mean 'listeners'?; allowed: "),
                  "t.yaml:3:12: listeners[0].port: '70000' does not fit; allowed: a number from 1 to 65535",
                  "t.yaml:3:31: listeners[0].protocols[0]: 'dsn' is not known, did you mean 'dns'?; allowed: dns, stun",
                  "t.yaml:4:10: workers: '0' does not fit; allowed: auto, or a number from 1 to 256"));
}

TEST(Settings, OneMistakeIsOneLine) {
  EXPECT_THAT(read("listeners: 5\n").problems,
              testing::ElementsAre(testing::StartsWith("t.yaml:1:12: listeners: is not a list")));
  EXPECT_THAT(read("listeners: [{port: 53, protocols: dns}]\n").problems,
              testing::ElementsAre(testing::StartsWith("t.yaml:1:35: listeners[0].protocols: is not a list")));
}

TEST(Settings, TwoListenersOnOnePortNeedDifferentTransportsOrFamilies) {
  EXPECT_THAT(read("listeners:\n  - {port: 53, protocols: [dns]}\n  - {port: 53, protocols: [stun]}\n").problems,
              testing::ElementsAre(testing::StartsWith("t.yaml:3:5: listeners[1]: port 53 is served by listeners[0]")));
  EXPECT_THAT(read("listeners:\n  - {port: 53, protocols: [dns], transports: [udp]}\n"
                   "  - {port: 53, protocols: [stun], transports: [tcp]}\n")
                  .problems,
              testing::IsEmpty());
}

TEST(Settings, ListenersOfDifferentDevicesMayHaveTheSamePort) {
  EXPECT_THAT(read("listeners:\n  - {port: 53, protocols: [dns], device: red}\n"
                   "  - {port: 53, protocols: [dns], device: blue}\n")
                  .problems,
              testing::IsEmpty());
  for (const auto* const other : {"", ", device: red"}) {
    EXPECT_THAT(read("listeners:\n  - {port: 53, protocols: [dns], device: red}\n  - {port: 53, protocols: [dns]" +
                     std::string(other) + "}\n")
                    .problems,
                testing::ElementsAre(testing::HasSubstr("or different transports, families or devices")));
  }
}

TEST(Settings, ADeviceIsAName) {
  EXPECT_EQ(read("listeners: [{port: 53, protocols: [dns], device: eth0.7}]\n").settings.listeners.front().device,
            "eth0.7");
  for (const auto* const wrong : {"''", "'a b'", "a/b", "..", "sixteen-letters-"}) {
    EXPECT_THAT(read("listeners: [{port: 53, protocols: [dns], device: " + std::string(wrong) + "}]\n").problems,
                testing::ElementsAre(testing::HasSubstr("listeners[0].device: is no interface's name")));
  }
}

TEST(Settings, ADualStackSocketServesBothFamilies) {
  EXPECT_THAT(read("listeners:\n  - {port: 53, protocols: [dns], families: [ipv6], bind: dual-stack}\n").problems,
              testing::ElementsAre(testing::HasSubstr("a dual-stack socket serves both families")));
}

namespace {

/// What `admin:` with that flow mapping reads as: the endpoint, `off`, or the mistakes.
std::string admin(const std::string& mapping) {
  const auto [settings, problems] = read("admin: " + mapping + "\n");
  if (!problems.empty()) return problems.front();
  if (!settings.admin.listen) return "off";
  std::ostringstream text;
  text << *settings.admin.listen;
  return text.str();
}

}  // namespace

TEST(AdminSettings, ListenIsAnAddressAndAPortOrOff) {
  EXPECT_EQ(admin("{listen: off}"), "off");
  EXPECT_EQ(admin("{listen: '127.0.0.1:9553'}"), "127.0.0.1:9553");
  EXPECT_EQ(admin("{listen: '[::1]:1'}"), "[::1]:1");
  for (const auto* const wrong :
       {"''", "localhost:9553", "'127.0.0.1'", "'127.0.0.1:'", "'127.0.0.1:0'", "'127.0.0.1:65536'", "'127.0.0.1:80x'",
        "'127.0.0.1:+80'", "'::1:9553'", "'[::1]'", "'[127.0.0.1]:9553'", "'[::1:9553'", "'[]:9553'", "':9553'",
        "'[::ffff:127.0.0.1]:9553'", "'224.0.0.1:9553'", "'[ff02::1]:9553'", "9553", "'off:1'"}) {
    EXPECT_THAT(admin("{listen: " + std::string(wrong) + "}"),
                testing::AllOf(testing::HasSubstr(": admin.listen: "), testing::HasSubstr("allowed: ")));
  }
  EXPECT_THAT(admin("{listen: [1]}"), testing::HasSubstr(": admin.listen: a list stands here"));
}

TEST(AdminSettings, PublicAddressesAreAskedFor) {
  for (const auto* const near : {"127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                                 "100.64.0.1", "100.127.255.255", "169.254.1.1", "[::1]", "[fd00::1]", "[fc00::1]"}) {
    EXPECT_THAT(admin("{listen: '" + std::string(near) + ":9'}"), std::string(near) + ":9");
  }
  for (const auto* const far : {"0.0.0.0", "[::]", "192.0.2.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
                                "11.0.0.1", "[2001:db8::1]", "[fe00::1]"}) {
    const auto endpoint = std::string(far) + ":9";
    EXPECT_THAT(admin("{listen: '" + endpoint + "'}"), testing::HasSubstr("public: true"));
    EXPECT_THAT(admin("{listen: '" + endpoint + "', public: false}"), testing::HasSubstr("public: true"));
    EXPECT_EQ(admin("{listen: '" + endpoint + "', public: true}"), endpoint);
  }
}

TEST(AdminSettings, ALinkLocalAddressHasAnInterface) {
  EXPECT_THAT(admin("{listen: '[fe80::1]:9'}"), testing::HasSubstr("link-local"));
  EXPECT_THAT(admin("{listen: '[fe80::1%none-such]:9'}"), testing::HasSubstr("link-local"));
  EXPECT_EQ(admin("{listen: '[fe80::1%lo]:9'}"), "[fe80::1%lo]:9");
}

TEST(AdminSettings, WhatTheFileDoesNotSayIsTheDefault) {
  EXPECT_EQ(admin(""), "off");
  EXPECT_EQ(admin("{}"), "off");
  Problems problems;
  const auto file = Document::parse("t.yaml", "admin: {public: true}\n");
  const auto defaults = Document::parse("(default)", "admin: {listen: '127.0.0.1:9553'}\n");
  EXPECT_EQ(Configuration(file, defaults, problems).admin().listen->port(), 9553);
  EXPECT_TRUE(problems.empty());
}

TEST(AdminSettings, OtherKeysAreMistakes) {
  EXPECT_THAT(admin("{lisen: off}"),
              testing::HasSubstr("unknown key, did you mean 'listen'?; allowed: listen, public"));
  EXPECT_THAT(admin("{listen: off, public: perhaps}"), testing::HasSubstr("'perhaps' is not known"));
}

}  // namespace settings_test
