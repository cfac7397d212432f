#include "responder/probe/comparison.hpp"
#include "responder/probe/dns_question.hpp"
#include "responder/probe/failure.hpp"
#include "responder/probe/host_port.hpp"
#include "responder/probe/local_sources.hpp"
#include "responder/probe/retransmission.hpp"
#include "responder/probe/source_verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace thence;
using namespace thence::probe;
using boost::asio::ip::make_address;
using std::chrono::milliseconds;
using testing::ElementsAre;

namespace {

/// The status that a call fails with.
template <typename Call>
std::optional<Status> failure_of(const Call& call) {
  try {
    call();
  } catch (const Failure& failure) {
    EXPECT_EQ(std::string(failure.what()).find('\n'), std::string::npos) << failure.what();
    return failure.status();
  }
  return {};
}

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

TEST(ProbeHostPort, ReadsNamesAndAddresses) {
  EXPECT_EQ(read_host_port("stun.example.org"), (HostPort{"stun.example.org", {}, {}}));
  EXPECT_EQ(read_host_port("stun.example.org:3478"), (HostPort{"stun.example.org", {}, 3478}));
  EXPECT_EQ(read_host_port("192.0.2.1"), (HostPort{"192.0.2.1", make_address("192.0.2.1"), {}}));
  EXPECT_EQ(read_host_port("192.0.2.1:1"), (HostPort{"192.0.2.1", make_address("192.0.2.1"), 1}));
  EXPECT_EQ(read_host_port("::1"), (HostPort{"::1", make_address("::1"), {}}));
  EXPECT_EQ(read_host_port("[::1]"), (HostPort{"::1", make_address("::1"), {}}));
  EXPECT_EQ(read_host_port("[2001:db8::1]:65535"), (HostPort{"2001:db8::1", make_address("2001:db8::1"), 65535}));
  const auto scoped = read_host_port("[fe80::1%lo]:53");
  ASSERT_TRUE(scoped.literal);
  EXPECT_EQ(scoped.literal->to_v6().scope_id(), 1);
  EXPECT_EQ(scoped.port, 53);
}

TEST(ProbeHostPort, RefusesTheRest) {
  for (const auto* const text : {"",
                                 ":",
                                 ":53",
                                 "host:",
                                 "host:0",
                                 "host:65536",
                                 "host:53x",
                                 "host:-1",
                                 "[::1",
                                 "[::1]53",
                                 "[::1]:",
                                 "[::1]:0",
                                 "[192.0.2.1]:53",
                                 "[host]:53",
                                 "a..b",
                                 ".a",
                                 "a b",
                                 "1:2:3",
                                 "fe80::1%nosuchinterface",
                                 "a/b",
                                 "host:+5"}) {
    EXPECT_EQ(failure_of([&] { read_host_port(text); }), Status::usage) << text;
  }
}

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

TEST(ProbeRetransmission, Rfc8489Section621) {
  const auto whole = retransmission();
  EXPECT_THAT(whole.sent, ElementsAre(milliseconds(0), milliseconds(500), milliseconds(1500), milliseconds(3500),
                                      milliseconds(7500), milliseconds(15500), milliseconds(31500)));
  EXPECT_EQ(whole.given_up, milliseconds(39500));
  const auto cut = retransmission(milliseconds(1500));
  EXPECT_THAT(cut.sent, ElementsAre(milliseconds(0), milliseconds(500)));
  EXPECT_EQ(cut.given_up, milliseconds(1500));
}

TEST(ProbeSourceVerdict, AddressAndPortHaveToBeThoseAsked) {
  const Endpoint asked(make_address("192.0.2.1"), 53);
  EXPECT_EQ(source_verdict(asked, asked), SourceVerdict::right);
  EXPECT_EQ(source_verdict(asked, Endpoint(asked.address(), 54)), SourceVerdict::wrong_source);
  EXPECT_EQ(source_verdict(asked, Endpoint(make_address("192.0.2.2"), 53)), SourceVerdict::wrong_source);
  EXPECT_EQ(source_verdict(asked, {}), SourceVerdict::no_answer);
  using enum SourceVerdict;
  EXPECT_EQ(status_of({right, right}), Status::right);
  EXPECT_EQ(status_of({right, no_answer}), Status::no_answer);
  EXPECT_EQ(status_of({no_answer, wrong_source, right}), Status::finding);
  EXPECT_EQ(status_of({}), Status::no_answer);
}

TEST(ProbeComparison, SaysWhatDiffers) {
  const Endpoint one(make_address("192.0.2.1"), 1000);
  EXPECT_EQ(compare(one, one), Comparison::same);
  EXPECT_EQ(compare(one, Endpoint(one.address(), 1001)), Comparison::other_port);
  EXPECT_EQ(compare(one, Endpoint(make_address("192.0.2.2"), 1000)), Comparison::other_address);
  EXPECT_EQ(compare(one, {}), Comparison::unknown);
  EXPECT_EQ(compare({}, one), Comparison::unknown);
}

TEST(ProbeComparison, ReadsWhoAsked) {
  EXPECT_EQ(read_client_text({"hello", "192.0.2.1:1000"}), Endpoint(make_address("192.0.2.1"), 1000));
  EXPECT_EQ(read_client_text({"[2001:db8::1]:1000"}), Endpoint(make_address("2001:db8::1"), 1000));
  EXPECT_EQ(read_client_text({"192.0.2.1", "host:53", ""}), std::nullopt);
}

TEST(ProbeDnsQuestion, IsReadAndRefused) {
  EXPECT_EQ(dns_question("example.org", "txt").type, 16);
  EXPECT_EQ(dns_question("example.org.", "TYPE65280").type, 65280);
  EXPECT_EQ(failure_of([] { dns_question("example.org", "ZORK"); }), Status::usage);
  EXPECT_EQ(failure_of([] { dns_question("a..b", "A"); }), Status::usage);
  EXPECT_EQ(failure_of([] { dns_question("", "A"); }), Status::usage);
}

TEST(ProbeDnsQuestion, AnAnswerHasItsIdAndQuestion) {
  const auto question = dns_question("Example.org", "A");
  auto response = dns_query(question, 0x1234);
  EXPECT_FALSE(read_dns_response(response, question, 0x1234)) << "a query";
  response[2] |= std::byte{0x80};
  const auto read = read_dns_response(response, question, 0x1234);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rcode, "NOERROR");
  EXPECT_TRUE(read->answer.empty());
  EXPECT_TRUE(read_dns_response(response, dns_question("example.ORG.", "A"), 0x1234));
  EXPECT_FALSE(read_dns_response(response, question, 0x1235));
  EXPECT_FALSE(read_dns_response(response, dns_question("example.org", "AAAA"), 0x1234));
  EXPECT_FALSE(read_dns_response(response, dns_question("example.net", "A"), 0x1234));
  response.resize(response.size() / 2);
  EXPECT_FALSE(read_dns_response(response, question, 0x1234)) << "cut short";
}
