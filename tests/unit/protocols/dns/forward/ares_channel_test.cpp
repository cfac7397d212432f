// How upstreams are asked: ports, ids, UDP and TCP.

#include "protocols/dns/forward/ares_channel.hpp"

#include "protocols/dns/forward/forwarder.hpp"
#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/forward/forwarding.hpp"
#include "tests/unit/protocols/dns/forward/upstream.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/resource.h>

namespace ares_channel_test {

using dns_asking::Octets;
using dns_asking::text_of;
using dns_forwarding::address;
using dns_forwarding::Forwarding;
using dns_forwarding::good;
using dns_forwarding::pass;
using dns_forwarding::silent;
using dns_upstream::address_record;
using dns_upstream::Answer;
using dns_upstream::Asked;
using dns_upstream::Upstream;
using testing::HasSubstr;
using testing::StartsWith;
using thence::Transport;
using thence::dns::ForwardSource;
using namespace std::chrono_literals;

namespace {

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t octets_in_use() {
  const auto memory = mallinfo2();
  return memory.uordblks + memory.hblkhd;
}

TEST_F(Forwarding, AsksAgainWhereADatagramWasLost) {
  Upstream upstream(context, silent);
  upstream.script = [&](const Asked& asked) { return upstream.asked.size() == 1 ? Octets{} : good(asked); };
  EXPECT_THAT(ask(to({upstream.endpoint()}), {"a.example"}), HasSubstr("192.0.2.1"));
  EXPECT_EQ(upstream.asked.size(), 2U);
  EXPECT_NE(upstream.asked[0].from.port(), upstream.asked[1].from.port());
}

TEST_F(Forwarding, ChangesSourcePortsAndIds) {
  Upstream upstream(context, good);
  const auto forward = to({upstream.endpoint()});
  for (int i = 0; i < 50; ++i) ask(forward, {"a" + std::to_string(i) + ".example"});
  std::set<unsigned> ports;
  std::set<unsigned> ids;
  for (const auto& each : upstream.asked) {
    ports.insert(each.from.port());
    ids.insert(each.query[0] * 256U + each.query[1]);
  }
  EXPECT_GE(ports.size(), 48U);
  EXPECT_GE(ids.size(), 48U);
  EXPECT_EQ(forwarder->channels(), 1U);
}

/// Shannon's, in bits, of what is counted.
template <typename Counts>
double entropy(const Counts& counts) {
  double all = 0;
  for (const auto& [what, count] : counts) all += static_cast<double>(count);
  double bits = 0;
  for (const auto& [what, count] : counts) {
    const double share = static_cast<double>(count) / all;
    bits -= share * std::log2(share);
  }
  return bits;
}

class Ports : public Forwarding {
 protected:
  /// Asks that many questions, all of which reach the upstream.
  void ask_many(const std::shared_ptr<const thence::dns::Forward>& forward, const Upstream& upstream,
                std::size_t questions, const std::string& letter = "a") {
    const auto before = upstream.asked.size();
    for (std::size_t i = 0; i < questions; ++i) {
      begin(forward, {letter + std::to_string(i) + ".example"});
      // No more than the buffer of a socket holds.
      for (int waits = 0; i % 50 == 49 && waits < 1000 && upstream.asked.size() <= before + i; ++waits) run_for(1ms);
    }
    for (int waits = 0; waits < 1000 && upstream.asked.size() < before + questions; ++waits) run_for(1ms);
    ASSERT_EQ(upstream.asked.size(), before + questions);
  }
};

TEST_F(Ports, AsksFromManyPortsAtOnce) {
  Upstream upstream(context, silent);
  make({.outstanding_per_client = 10'000});
  const auto forward = to({upstream.endpoint()}, 3s);
  ask_many(forward, upstream, 600);
  const auto held = upstream.asked;
  std::map<unsigned, std::size_t> of_port;
  for (const auto& each : held) ++of_port[each.from.port()];
  EXPECT_EQ(of_port.size(), 512U);
  for (const auto& [port, queries] : of_port) EXPECT_LE(queries, 2U);
  RecordProperty("bits-of-entropy", std::to_string(entropy(of_port)));
  EXPECT_GT(entropy(of_port), 8.9) << "of 9.2 if each had its own; 1.4 where 256 share one";
  for (const auto& each : held) upstream.socket().send_to(boost::asio::buffer(good(each)), each.from);
  wait_for(600);
}

TEST_F(Ports, PortsAreSpreadOverTheRangeOfTheSystem) {
  Upstream upstream(context, silent);
  make({.outstanding_per_client = 10'000});
  const auto forward = to({upstream.endpoint()}, 3s);
  ask_many(forward, upstream, 500);
  unsigned first = 0;
  unsigned last = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first >> last;
  std::map<unsigned, std::size_t> of_part;
  for (const auto& each : upstream.asked) ++of_part[(each.from.port() - first) * 16 / (last - first + 1)];
  EXPECT_GT(entropy(of_part), 3.9) << "of 4 bits, which 16 parts of the range have";
}

TEST_F(Ports, PortsAreGivenUpThoughQuestionsKeepComing) {
  Upstream upstream(context, silent);
  make({.outstanding_per_client = 10'000});
  const auto forward = to({upstream.endpoint()}, 5s);
  ask_many(forward, upstream, 512);
  const auto first = upstream.asked;
  std::set<unsigned> ports;
  for (const auto& each : first) ports.insert(each.from.port());
  EXPECT_EQ(ports.size(), 512U);
  pass(7900ms);
  ask_many(forward, upstream, 300, "b");
  std::set<unsigned> later;
  for (std::size_t i = 512; i < upstream.asked.size(); ++i) later.insert(upstream.asked[i].from.port());
  EXPECT_TRUE(std::ranges::includes(ports, later)) << "no more are opened than there may be";
  EXPECT_LE(later.size(), 224U) << "those that are worn get no more";
  EXPECT_GE(later.size(), 32U);
}

TEST_F(Ports, AStoppedProcessLosesNoAnswer) {
  Upstream upstream(context, silent);
  const auto forward = to({upstream.endpoint()}, 1s);
  ask_many(forward, upstream, 20);
  for (const auto& each : upstream.asked) upstream.socket().send_to(boost::asio::buffer(good(each)), each.from);
  std::this_thread::sleep_for(1200ms);
  wait_for(20);
  EXPECT_EQ(count("upstream-timeout"), 0U);
}

TEST_F(Ports, AnAnswerCountsOnlyOnThePortOfItsQuestion) {
  Upstream upstream(context, silent);
  const auto forward = to({upstream.endpoint()}, 3s);
  begin(forward, {"a.example"});
  begin(forward, {"b.example"});
  run_for(50ms);
  ASSERT_EQ(upstream.asked.size(), 2U);
  const auto asked = upstream.asked;
  for (const auto i : {0U, 1U}) {
    upstream.socket().send_to(boost::asio::buffer(good(asked[i])), asked[1 - i].from);
  }
  run_for(50ms);
  EXPECT_TRUE(replies.empty());
  for (const auto& each : asked) upstream.socket().send_to(boost::asio::buffer(good(each)), each.from);
  wait_for(2);
}

TEST_F(Ports, QuestionsShareAPortWhereThereAreNoMoreDescriptors) {
  Upstream upstream(context, silent);
  const auto forward = to({upstream.endpoint()}, 2s);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  begin(forward, {"a.example"});
  const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  for (int i = 0; i < 50; ++i) begin(forward, {"b" + std::to_string(i) + ".example"});
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  run_for(50ms);
  EXPECT_EQ(upstream.asked.size(), 51U);
  for (const auto& each : std::vector(upstream.asked)) {
    upstream.socket().send_to(boost::asio::buffer(good(each)), each.from);
  }
  wait_for(51);
  for (const auto& each : replies) EXPECT_THAT(text_of(each), StartsWith("NOERROR"));
}

TEST_F(Forwarding, GoesOnToTcpWhereAnAnswerIsTruncated) {
  Upstream upstream(context, [](const Asked& asked) {
    if (asked.transport == Transport::udp) return Answer{.flags = 0x8380}.to(asked.query);
    Answer answer;
    for (int i = 0; i < 100; ++i) answer.answer.push_back(address_record(300, static_cast<std::uint8_t>(i)));
    return answer.to(asked.query);
  });
  const auto forward = to({upstream.endpoint()});
  const auto whole = ask(forward, {.name = "a.example", .transport = Transport::tcp});
  EXPECT_EQ(std::count(whole.begin(), whole.end(), '\n'), 101);
  EXPECT_EQ(upstream.asked.size(), 2U);
  EXPECT_EQ(ask(forward, {"a.example"}), "NOERROR tc ra\n") << "it is known, but fits no datagram";
  EXPECT_EQ(upstream.asked.size(), 2U);
}

TEST_F(Forwarding, TakesLargeAnswersOverUdp) {
  Upstream upstream(context, [](const Asked& asked) {
    Answer answer;
    for (int i = 0; i < 70; ++i) answer.answer.push_back(address_record(300, static_cast<std::uint8_t>(i)));
    return answer.to(asked.query);
  });
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  const auto text = ask(to({upstream.endpoint()}), query);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 72);
  EXPECT_EQ(upstream.asked.size(), 1U);
}

TEST_F(Forwarding, PassesTruncationOnWhereTcpIsRefused) {
  Upstream upstream(context, silent);
  upstream.close_tcp();
  const auto forward = to({upstream.endpoint()}, 1s);
  begin(forward, {"waits.example"});
  run_for(20ms);
  const auto waits = upstream.asked.at(0);
  upstream.script = [](const Asked& asked) { return Answer{.flags = 0x8380}.to(asked.query); };
  EXPECT_EQ(ask(forward, {"a.example"}), "NOERROR tc ra\n");
  EXPECT_TRUE(forwarder->upstreams().at(upstream.endpoint()).is_up());
  upstream.socket().send_to(boost::asio::buffer(good(waits)), waits.from);
  wait_for(2);
  EXPECT_THAT(text_of(replies.back()), HasSubstr("waits.example. 300 IN A")) << "it has nothing to do with that";
}

TEST_F(Forwarding, TakesNoAnswerToAnotherQuestion) {
  Upstream upstream(context, silent);
  upstream.script = [&](const Asked& asked) {
    // All of these come before the right one.
    boost::asio::ip::udp::socket spoofer(context, {address("127.0.0.1"), 0});
    const Answer lie{.answer = {address_record(300, 66)}};
    auto forged = lie.to(asked.query);
    spoofer.send_to(boost::asio::buffer(forged), asked.from);
    auto wrong_id = lie.to(asked.query);
    wrong_id[0] = static_cast<std::uint8_t>(wrong_id[0] + 1);
    upstream.socket().send_to(boost::asio::buffer(wrong_id), asked.from);
    auto wrong_name = lie.to(asked.query);
    wrong_name[13] = 'x';
    upstream.socket().send_to(boost::asio::buffer(wrong_name), asked.from);
    auto wrong_type = lie.to(asked.query);
    wrong_type[12 + 11 + 1] = 28;
    upstream.socket().send_to(boost::asio::buffer(wrong_type), asked.from);
    upstream.socket().send_to(boost::asio::buffer(Octets{}), asked.from);
    upstream.socket().send_to(boost::asio::buffer(Octets{1, 2, 3}), asked.from);
    return good(asked);
  };
  EXPECT_THAT(ask(to({upstream.endpoint()}), {"a.example"}), HasSubstr("192.0.2.1\n"));
}

TEST_F(Forwarding, AnEmptyDatagramEndsNothing) {
  Upstream upstream(context, silent);
  upstream.script = [&](const Asked& asked) {
    upstream.socket().send_to(boost::asio::buffer(Octets{}), asked.from);
    return good(asked);
  };
  EXPECT_THAT(ask(to({upstream.endpoint()}), {"a.example"}), HasSubstr("192.0.2.1\n"));
  EXPECT_EQ(upstream.asked.size(), 1U);
}

TEST_F(Forwarding, AsksFromTheAddressAsked) {
  Upstream upstream(context, good);
  auto forward = to({upstream.endpoint()});
  forward->from.kind = ForwardSource::Kind::asked;
  const auto source_for = [&](const std::string& local) {
    upstream.asked.clear();
    EXPECT_THAT(ask(forward, {.name = "a.example", .local = local}), HasSubstr("192.0.2.1"));
    return upstream.asked.empty() ? "" : upstream.asked.front().from.address().to_string();
  };
  EXPECT_EQ(source_for("127.0.0.5"), "127.0.0.5");
  EXPECT_EQ(source_for("127.0.0.6"), "127.0.0.6") << "which may be told something else";
  EXPECT_EQ(source_for("fe80::1"), "127.0.0.1");
  EXPECT_EQ(source_for("2001:db8::1"), "127.0.0.1") << "of the other family";
}

TEST_F(Forwarding, AsksFromAnAddressOrByAnInterface) {
  Upstream upstream(context, good);
  auto from_address = to({upstream.endpoint()});
  from_address->from = {ForwardSource::Kind::address, address("127.9.9.9")};
  EXPECT_THAT(ask(from_address, {"a.example"}), HasSubstr("192.0.2.1"));
  EXPECT_EQ(upstream.asked.back().from.address(), address("127.9.9.9"));
  auto by_interface = to({upstream.endpoint()});
  by_interface->from = {ForwardSource::Kind::interface, {}, "lo"};
  EXPECT_THAT(ask(by_interface, {"b.example"}), HasSubstr("192.0.2.1"));
}

TEST_F(Forwarding, TellsWhenItHasNoSuchSource) {
  Upstream upstream(context, good);
  auto forward = to({upstream.endpoint()});
  forward->from = {ForwardSource::Kind::address, address("192.0.2.77")};
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  EXPECT_EQ(ask(forward, query), "SERVFAIL ra\nedns 1232\noption 15 0017\n");
  EXPECT_TRUE(forwarder->upstreams().at(upstream.endpoint()).is_up()) << "it is not to blame";
  forward->from = {ForwardSource::Kind::interface, {}, "nowhere0"};
  EXPECT_THAT(ask(forward, {"b.example"}), StartsWith("SERVFAIL"));
}

TEST_F(Forwarding, AsksOverIPv6) {
  Upstream upstream(context, good, "::1");
  EXPECT_THAT(ask(to({upstream.endpoint()}), {"a.example"}), HasSubstr("192.0.2.1"));
}

TEST_F(Forwarding, HoldsThousandsOfQuestions) {
  Upstream upstream(context, silent);
  make({.outstanding_per_client = 10'000});
  const auto forward = to({upstream.endpoint()}, 2s);
  const auto memory_before = octets_in_use();
  const auto descriptors_before = open_descriptors();
  for (int i = 0; i < 12'000; ++i) {
    begin(forward, {.name = "name" + std::to_string(i) + ".example", .additional = {dns_asking::opt(1232)}});
  }
  EXPECT_EQ(forwarder->outstanding(), 10'000U);
  EXPECT_EQ(replies.size(), 2000U);
  const auto octets = (octets_in_use() - memory_before) / 10'000;
  RecordProperty("octets-of-a-question", static_cast<int>(octets));
  EXPECT_LT(octets, 2000U);
  EXPECT_LE(open_descriptors() - descriptors_before, 520U);
  wait_for(12'000, 20s);
  EXPECT_EQ(forwarder->outstanding(), 0U);
  EXPECT_EQ(open_descriptors(), descriptors_before) << "no socket without a question";
  EXPECT_EQ(forwarder->channels(), 1U);
}

}  // namespace

}  // namespace ares_channel_test
