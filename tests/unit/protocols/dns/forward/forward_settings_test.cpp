// The entries of `forward:` and the section `forwarding:`, and what is said about mistakes in them.

#include "protocols/dns/forward/forward_settings.hpp"

#include "config/problems.hpp"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forward_settings_test {

using testing::HasSubstr;
using thence::config::Cursor;
using thence::config::Document;
using thence::config::Prefix;
using thence::config::PrefixList;
using thence::config::Problems;
using thence::dns::Forward;
using thence::dns::ForwardingLimits;
using thence::dns::ForwardSource;
using namespace std::chrono_literals;

namespace {

/// The mistakes of what was read, a line each.
std::string said(const Problems& problems) {
  std::string text;
  for (const auto& each : problems.sorted()) text += each.text() + '\n';
  return text;
}

std::optional<Forward> forward_of(const std::string& yaml) {
  Problems problems;
  const auto document = Document::parse("t.yaml", yaml);
  auto forward = thence::dns::read_forward(Cursor(document, problems));
  EXPECT_EQ(said(problems), "");
  return forward;
}

std::string mistakes(const std::string& yaml, const PrefixList* view_clients = nullptr) {
  Problems problems;
  const auto document = Document::parse("t.yaml", yaml);
  const auto forward = thence::dns::read_forward(Cursor(document, problems), view_clients);
  EXPECT_EQ(forward.has_value(), problems.count() == 0);
  return said(problems);
}

std::string to_mistakes(const std::string& to) { return mistakes("{ zone: a, to: " + to + " }"); }

thence::Endpoint endpoint(const std::string& address, std::uint16_t port) {
  return {boost::asio::ip::make_address(address), port};
}

TEST(ForwardSettings, AreRead) {
  const auto forward = forward_of(R"(
zone: Corp.example
to: [10.9.9.9, "10.9.9.10:5353", "[2001:db8::9]:54", "2001:db8::a", "[2001:db8::b]"]
from: asked
timeout: 300ms
clients: [10.0.0.0/8]
)");
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->zone.text(), "corp.example.");
  EXPECT_THAT(forward->upstreams,
              testing::ElementsAre(endpoint("10.9.9.9", 53), endpoint("10.9.9.10", 5353), endpoint("2001:db8::9", 54),
                                   endpoint("2001:db8::a", 53), endpoint("2001:db8::b", 53)));
  EXPECT_EQ(forward->from.kind, ForwardSource::Kind::asked);
  EXPECT_EQ(forward->timeout, 300ms);
  EXPECT_EQ(forward->clients.included.size(), 1U);
  EXPECT_EQ(forward, forward_of(R"({ zone: corp.EXAMPLE., timeout: 300ms, from: asked, clients: [10.0.0.0/8],
    to: [10.9.9.9, "10.9.9.10:5353", "[2001:db8::9]:54", "2001:db8::a", "[2001:db8::b]"] })"));
}

TEST(ForwardSettings, HaveDefaults) {
  const auto forward = forward_of("{ zone: a, to: [10.9.9.9] }");
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->from, ForwardSource{});
  EXPECT_EQ(forward->timeout, 1s);
  EXPECT_TRUE(forward->clients.empty());
  EXPECT_FALSE(forward->open);
}

TEST(ForwardSettings, NameASource) {
  const auto source = [](const std::string& from) {
    return forward_of("{ zone: a, to: [10.9.9.9], from: " + from + " }").value().from;
  };
  EXPECT_EQ(source("192.0.2.1"),
            (ForwardSource{ForwardSource::Kind::address, boost::asio::ip::make_address("192.0.2.1")}));
  EXPECT_EQ(source("wg0"), (ForwardSource{ForwardSource::Kind::interface, {}, "wg0"}));
  EXPECT_EQ(source("eth0.7"), (ForwardSource{ForwardSource::Kind::interface, {}, "eth0.7"}));
}

TEST(ForwardSettings, NeedUpstreamsThatCanBeAsked) {
  const std::string allowed =
      "; allowed: 1 to 8 unicast addresses such as 192.0.2.1, 192.0.2.1:5353 or [2001:db8::1]:53\n";
  EXPECT_EQ(mistakes("{ zone: a }"), "t.yaml:1:1: to: names no upstream" + allowed);
  EXPECT_EQ(to_mistakes("[]"), "t.yaml:1:16: to: names no upstream" + allowed);
  EXPECT_EQ(to_mistakes("[1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4, 1.1.1.5, 1.1.1.6, 1.1.1.7, 1.1.1.8, 1.1.1.9]"),
            "t.yaml:1:16: to: 9 upstreams" + allowed);
  for (const std::string text : {"0.0.0.0",
                                 "224.0.0.1",
                                 "255.255.255.255",
                                 "ns.example",
                                 "10.9.9.9:0",
                                 "10.9.9.9:65536",
                                 "10.9.9.9:",
                                 ":53",
                                 "::",
                                 "ff02::1",
                                 "[2001:db8::9]:",
                                 "[2001:db8::9",
                                 "[2001:db8::9]53",
                                 "[10.9.9.9",
                                 "[]:53",
                                 "[]",
                                 "fe80::1%lo",
                                 "::ffff:10.9.9.9",
                                 "10.9.9.9 ",
                                 "]:53",
                                 "["}) {
    EXPECT_EQ(to_mistakes("[\"" + text + "\"]"), "t.yaml:1:17: to[0]: '" + text + "' is no upstream" + allowed);
  }
  EXPECT_EQ(to_mistakes("[10.9.9.9, '10.9.9.9:53']"),
            "t.yaml:1:27: to[1]: 10.9.9.9:53 a second time; allowed: each upstream once\n");
  EXPECT_THAT(to_mistakes("10.9.9.9"), HasSubstr("is not a list"));
}

TEST(ForwardSettings, NeedASourceThatExists) {
  const auto from_mistakes = [](const std::string& from) {
    return mistakes("{ from: " + from + ", zone: a, to: [10.9.9.9] }");
  };
  EXPECT_EQ(from_mistakes("2001:db8::1"),
            "t.yaml:1:9: from: 2001:db8::1 cannot ask any of the upstreams; allowed: an address of the family of at "
            "least one\n");
  for (const std::string text : {"10.0.0.300", "0.0.0.0", "a name", "aVeryLongNameOfOne", "a/b", "224.0.0.1", ".."}) {
    EXPECT_EQ(from_mistakes("\"" + text + "\""),
              "t.yaml:1:9: from: '" + text +
                  "' is no source; allowed: asked, a unicast address, or the name of an interface\n");
  }
}

TEST(ForwardSettings, TellOtherMistakes) {
  EXPECT_EQ(mistakes("{ zone: a..b, to: [10.9.9.9] }"),
            "t.yaml:1:9: zone: 'a..b' is not a domain name; allowed: such as example.com, or \".\" for all\n");
  EXPECT_EQ(mistakes("{ to: [10.9.9.9] }"), "t.yaml:1:1: zone: is missing; allowed: a text\n");
  EXPECT_THAT(mistakes("{ zone: a, to: [10.9.9.9], timeout: 6s }"), HasSubstr("from 50ms to 5000ms"));
  EXPECT_THAT(mistakes("{ zone: a, to: [10.9.9.9, 10.9.9.8], timeout: 3s }"), HasSubstr("from 50ms to 2500ms"));
  EXPECT_THAT(mistakes("{ zone: a, to: [10.9.9.9], form: asked }"), HasSubstr("did you mean 'from'?"));
  EXPECT_THAT(mistakes("{ zone: a, to: [10.9.9.9], open: maybe }"), HasSubstr("allowed: false, true"));
}

TEST(ForwardSettings, AreNoOpenResolver) {
  const std::string open =
      "t.yaml:1:9: zone: \".\" for everybody is an open resolver, which others use for attacks; allowed: with a list "
      "of clients that names some and not all, or with open: true\n";
  const auto with = [](const std::string& more, const PrefixList* view_clients = nullptr) {
    return mistakes("{ zone: ., to: [10.9.9.9]" + more + " }", view_clients);
  };
  EXPECT_EQ(with(""), open);
  EXPECT_EQ(with(", clients: [0.0.0.0/0]"), open);
  EXPECT_EQ(with(", clients: [10.0.0.0/8, '::/0']"), open);
  EXPECT_EQ(with(", clients: ['!10.0.0.0/8']"), open);
  EXPECT_EQ(with(", clients: [10.0.0.0/8]"), "");
  EXPECT_EQ(with(", open: true"), "");
  const PrefixList inside{.included = {*Prefix::parse("10.0.0.0/8")}, .excluded = {}};
  const PrefixList all{.included = {*Prefix::parse("0.0.0.0/0")}, .excluded = {}};
  const PrefixList others{.included = {}, .excluded = {*Prefix::parse("10.0.0.0/8")}};
  EXPECT_EQ(with("", &inside), "");
  EXPECT_EQ(with("", &all), open);
  EXPECT_EQ(with("", &others), open);
}

TEST(ForwardingSettings, AreReadAndBounded) {
  const auto read = [](const std::string& yaml) {
    Problems problems;
    const auto document = Document::parse("t.yaml", yaml);
    const auto limits = thence::dns::read_forwarding(Cursor(document, problems));
    return std::pair(limits, said(problems));
  };
  EXPECT_EQ(read("").first, ForwardingLimits{});
  EXPECT_EQ(read("{ outstanding: 5, outstanding-per-client: 3, cache: 1MiB, stale: 0s }").first,
            (ForwardingLimits{5, 3, 1024UL * 1024, 0s}));
  EXPECT_EQ(read("{ cache: 0 }").first.cache, 0U);
  EXPECT_THAT(read("{ outstanding: 0 }").second, HasSubstr("from 1 to 100000"));
  EXPECT_THAT(read("{ outstanding-per-client: 100001 }").second, HasSubstr("from 1 to 100000"));
  EXPECT_THAT(read("{ cache: 5000MiB }").second, HasSubstr("from 0 to 4294967296"));
  EXPECT_THAT(read("{ stale: 169h }").second, HasSubstr("from 0ms to 604800000ms"));
  EXPECT_THAT(read("{ chace: 1MiB }").second, HasSubstr("did you mean 'cache'?"));
}

}  // namespace

}  // namespace forward_settings_test
