// The forwarder against upstreams on loopback addresses.

#include "protocols/dns/forward/forwarder.hpp"

#include "protocols/coarse_clock.hpp"
#include "protocols/dns/server.hpp"
#include "protocols/endpoint_text.hpp"
#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/forward/forwarding.hpp"
#include "tests/unit/protocols/dns/forward/upstream.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include <boost/asio/steady_timer.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

namespace forwarder_test {

using dns_asking::Octets;
using dns_asking::text_of;
using dns_forwarding::address;
using dns_forwarding::Client;
using dns_forwarding::clock_of_tests;
using dns_forwarding::Forwarding;
using dns_forwarding::good;
using dns_forwarding::pass;
using dns_forwarding::reply_to;
using dns_forwarding::saying;
using dns_forwarding::silent;
using dns_upstream::address_record;
using dns_upstream::Answer;
using dns_upstream::Asked;
using dns_upstream::soa_record;
using dns_upstream::Upstream;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using thence::Endpoint;
using thence::Transport;
using thence::dns::Forward;
using thence::dns::Forwarder;
using thence::dns::ForwardingLimits;
using namespace std::chrono_literals;

namespace {

TEST_F(Forwarding, PassesAQuestionOnAndTheAnswerBack) {
  Upstream upstream(context, good);
  EXPECT_EQ(ask(to({upstream.endpoint()}), {"WwW.example"}), "NOERROR ra\nanswer WwW.example. 300 IN A 192.0.2.1\n");
  EXPECT_EQ(last_counter, "forwarded");
  ASSERT_EQ(upstream.asked.size(), 1U);
  EXPECT_EQ(replies.front()[0], 0x12) << "the client's id";
  EXPECT_EQ(routes.front().local, Endpoint(address("192.0.2.53"), 53)) << "the route of the request";
  EXPECT_EQ(upstream.asked.front().query.size(), 12U + 17U) << "no OPT where the client has none";
  EXPECT_EQ(upstream.asked.front().query[2], 0x01) << "RD";
}

TEST_F(Forwarding, PassesFlagsAndOptionsOn) {
  Upstream upstream(context, [](const Asked& asked) {
    const auto options = dns_asking::option(15, {0, 6, 'b', 'a', 'd'});
    auto with_hops = options;
    dns_asking::add(with_hops, dns_asking::option(10, Octets(16)));
    dns_asking::add(with_hops, dns_asking::option(3, {1}));
    return Answer{
        .flags = 0x81B0, .answer = {address_record()}, .additional = {dns_asking::opt(4096, 0, true, with_hops)}}
        .to(asked.query);
  });
  Octets options = dns_asking::option(8, {0, 1, 24, 0, 203, 0, 113});
  for (const unsigned hop : {3U, 10U, 11U, 12U})
    dns_asking::add(options, dns_asking::option(hop, Octets(hop == 10 ? 8 : 0)));
  dns_asking::add(options, dns_asking::option(65001, {7}));
  own_options = dns_asking::option(3, {'n', '7'});
  const dns_asking::Query query{
      .name = "a.example", .flags = 0x0130, .additional = {dns_asking::opt(4096, 0, true, options)}};
  EXPECT_EQ(ask(to({upstream.endpoint()}), query),
            "NOERROR ra ad cd\n"
            "edns 1232 do\n"
            "option 15 0006626164\n"
            "option 3 6e37\n"
            "answer a.example. 300 IN A 192.0.2.1\n");
  Octets expected = dns_asking::option(8, {0, 1, 24, 0, 203, 0, 113});
  dns_asking::add(expected, dns_asking::option(65001, {7}));
  const auto opt = dns_asking::opt(1232, 0, true, expected);
  const auto& sent = upstream.asked.front().query;
  EXPECT_EQ(Octets(sent.end() - static_cast<std::ptrdiff_t>(opt.size()), sent.end()), opt);
  EXPECT_EQ(sent[2], 0x01);
  EXPECT_EQ(sent[3], 0x30);
  // From what is known it is the same.
  EXPECT_THAT(ask(to({upstream.endpoint()}), query),
              StartsWith("NOERROR ra ad cd\nedns 1232 do\noption 15 0006626164\n"));
  EXPECT_EQ(last_counter, "forward-cached");
}

/// A query with that Client Subnet; empty: with none.
dns_asking::Query about_subnet(const std::string& name, const std::string& subnet) {
  const auto options = subnet.empty() ? Octets() : dns_asking::option(8, dns_asking::unhex(subnet));
  return {.name = name, .additional = {dns_asking::opt(1232, 0, false, options)}};
}

/// Answers with these Client Subnets.
Upstream::Script answering_subnets(const std::vector<std::string>& subnets) {
  return [subnets](const Asked& asked) {
    Octets options;
    for (const auto& each : subnets) dns_asking::add(options, dns_asking::option(8, dns_asking::unhex(each)));
    return Answer{.answer = {address_record()}, .additional = {dns_asking::opt(1232, 0, false, options)}}.to(
        asked.query);
  };
}

TEST_F(Forwarding, DropsAnswersAboutAnotherClientSubnet) {
  const std::string asked = "00011800cb0071";
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"00011818cb0072"},            // another address
                                             {"00011010cb00"},              // fewer bits
                                             {"00012018cb007100"},          // more bits
                                             {"0002180020010d"},            // another family
                                             {"00011818cb00"},              // malformed
                                             {asked, "00011818cb0072"}}) {  // one of two
    Upstream first(context, answering_subnets(wrong));
    Upstream second(context, good);
    make();
    EXPECT_EQ(ask(to({first.endpoint(), second.endpoint()}), about_subnet("a.example", asked)),
              "NOERROR ra\nedns 1232\nanswer a.example. 300 IN A 192.0.2.1\n");
    EXPECT_EQ(second.asked.size(), 1U) << wrong.front();
    EXPECT_EQ(ask(to({first.endpoint()}), about_subnet("b.example", asked)),
              "SERVFAIL ra\nedns 1232\noption 15 0017\n");
    EXPECT_EQ(ask(to({first.endpoint()}), about_subnet("b.example", asked)),
              "SERVFAIL ra\nedns 1232\noption 15 000d\n");
  }
}

TEST_F(Forwarding, PassesTheAskedClientSubnetBackWithItsScope) {
  const auto passes = [&](const std::string& asked, const std::string& answered) {
    Upstream upstream(context, answering_subnets({answered}));
    make();
    const auto expected = "NOERROR ra\nedns 1232\noption 8 " + answered + "\nanswer a.example. 300 IN A 192.0.2.1\n";
    EXPECT_EQ(ask(to({upstream.endpoint()}), about_subnet("a.example", asked)), expected);
    EXPECT_EQ(ask(to({upstream.endpoint()}), about_subnet("a.example", asked)), expected);
    EXPECT_EQ(last_counter, "forward-cached");
  };
  passes("00011800cb0071", "00011810cb0071");
  // Who hides the address may be told which one the answer is for (RFC 7871 §7.3).
  passes("00010000", "00011818cb0071");
  passes("00000000", "0002200020010db8");
}

TEST_F(Forwarding, PassesNoClientSubnetToWhoSentNone) {
  Upstream upstream(context, answering_subnets({"00011818cb0071"}));
  const auto forward = to({upstream.endpoint()});
  const std::string expected = "NOERROR ra\nedns 1232\nanswer a.example. 300 IN A 192.0.2.1\n";
  EXPECT_EQ(ask(forward, about_subnet("a.example", "")), expected);
  EXPECT_EQ(ask(forward, about_subnet("a.example", "")), expected);
  EXPECT_EQ(last_counter, "forward-cached");
  pass(1h);
  upstream.script = saying(2);
  EXPECT_EQ(ask(forward, about_subnet("a.example", "")),
            "NOERROR ra\nedns 1232\noption 15 0003\nanswer a.example. 30 IN A 192.0.2.1\n")
      << "nor when it is stale";
}

TEST_F(Forwarding, RefusesMoreOptionsThanArePassedOn) {
  Upstream upstream(context, good);
  const dns_asking::Query query{
      .name = "a.example", .additional = {dns_asking::opt(4096, 0, false, dns_asking::option(65001, Octets(1021)))}};
  EXPECT_THAT(ask(to({upstream.endpoint()}), query), StartsWith("FORMERR"));
  EXPECT_TRUE(upstream.asked.empty());
}

TEST_F(Forwarding, SaysAdOnlyWhereItIsAskedFor) {
  Upstream upstream(context, [](const Asked& asked) {
    return Answer{.flags = 0x81A0, .answer = {address_record()}}.to(asked.query);
  });
  EXPECT_THAT(ask(to({upstream.endpoint()}), {"a.example"}), StartsWith("NOERROR ra\n"));
  EXPECT_THAT(ask(to({upstream.endpoint()}), {.name = "a.example", .flags = 0x0120}), StartsWith("NOERROR ra ad\n"));
}

TEST_F(Forwarding, AnswersFromWhatIsKnownAndCountsDown) {
  Upstream upstream(context, good);
  const auto forward = to({upstream.endpoint()});
  ask(forward, {"a.example"});
  pass(100s);
  EXPECT_EQ(ask(forward, {"A.EXAMPLE"}), "NOERROR ra\nanswer A.EXAMPLE. 200 IN A 192.0.2.1\n");
  EXPECT_EQ(upstream.asked.size(), 1U);
  pass(200s);
  EXPECT_EQ(ask(forward, {"a.example"}), "NOERROR ra\nanswer a.example. 300 IN A 192.0.2.1\n");
  EXPECT_EQ(upstream.asked.size(), 2U);
  ask(forward, {"a.example"}, 1);
  EXPECT_EQ(upstream.asked.size(), 3U) << "another view knows nothing of it";
}

TEST_F(Forwarding, KeepsDenialsAsLongAsTheSoaSays) {
  Upstream upstream(context, [](const Asked& asked) {
    return Answer{.rcode = 3, .authority = {soa_record(600, 60)}}.to(asked.query);
  });
  const auto forward = to({upstream.endpoint()});
  EXPECT_THAT(ask(forward, {"a.example"}), StartsWith("NXDOMAIN ra\nauthority . 600 IN SOA"));
  pass(59s);
  EXPECT_THAT(ask(forward, {"a.example"}), StartsWith("NXDOMAIN ra\nauthority . 541 IN SOA"));
  EXPECT_EQ(upstream.asked.size(), 1U);
  pass(1s);
  ask(forward, {"a.example"});
  EXPECT_EQ(upstream.asked.size(), 2U);
}

TEST_F(Forwarding, AsksTheNextUpstreamAfterARefusal) {
  for (const unsigned rcode : {1U, 2U, 4U, 5U}) {
    Upstream first(context, saying(rcode));
    Upstream second(context, good);
    EXPECT_THAT(ask(to({first.endpoint(), second.endpoint()}), {"a" + std::to_string(rcode) + ".example"}),
                HasSubstr("192.0.2.1"));
    EXPECT_EQ(first.asked.size(), 1U);
    EXPECT_TRUE(forwarder->upstreams().at(first.endpoint()).is_up()) << "it is there, after all";
  }
}

TEST_F(Forwarding, PassesARefusalOnWhereNoUpstreamDoesBetter) {
  Upstream first(context, saying(2));
  Upstream second(context, saying(5));
  Upstream third(context, silent);
  EXPECT_EQ(ask(to({first.endpoint(), second.endpoint(), third.endpoint()}), {"a.example"}), "REFUSED ra\n");
}

TEST_F(Forwarding, AsksTheNextUpstreamWhereOneIsDead) {
  Upstream dead(context, silent);
  Upstream second(context, good);
  const auto forward = to({dead.endpoint(), second.endpoint()});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(ask(forward, {"a.example"}), HasSubstr("192.0.2.1"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 400ms);
  EXPECT_FALSE(forwarder->upstreams().at(dead.endpoint()).is_up());
  EXPECT_EQ(count("upstream-timeout"), 1U);
  ask(forward, {"b.example"});
  EXPECT_EQ(dead.asked.size(), 1U) << "it is asked after the others now";
}

TEST_F(Forwarding, LearnsThatAnUpstreamIsUpAgain) {
  Upstream first(context, silent);
  Upstream second(context, good);
  const auto forward = to({first.endpoint(), second.endpoint()});
  ask(forward, {"a.example"});
  first.script = good;
  pass(1100ms);
  ask(forward, {"b.example"});
  EXPECT_EQ(first.asked.size(), 2U);
  EXPECT_TRUE(forwarder->upstreams().at(first.endpoint()).is_up());
  ask(forward, {"c.example"});
  EXPECT_EQ(first.asked.size(), 3U);
  EXPECT_EQ(second.asked.size(), 1U);
}

TEST_F(Forwarding, FindsOutWithOneQueryOnly) {
  Upstream first(context, silent);
  Upstream second(context, good);
  const auto forward = to({first.endpoint(), second.endpoint()});
  ask(forward, {"a.example"});
  pass(1100ms);
  replies.clear();
  for (int i = 0; i < 20; ++i) begin(forward, {"b" + std::to_string(i) + ".example"});
  wait_for(20);
  EXPECT_EQ(first.asked.size(), 2U);
}

TEST_F(Forwarding, TellsWhenNoUpstreamAnswers) {
  Upstream first(context, silent);
  Upstream second(context, silent);
  const auto forward = to({first.endpoint(), second.endpoint()}, 100ms);
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(forward, query), "SERVFAIL ra\nedns 1232\noption 15 0016\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 800ms);
  EXPECT_EQ(first.asked.size() + second.asked.size(), 4U) << "two rounds";
  EXPECT_EQ(count("forward-unanswered"), 1U);
  EXPECT_EQ(ask(forward, query), "SERVFAIL ra\nedns 1232\noption 15 000d\n") << "a failure is remembered";
  EXPECT_EQ(last_counter, "servfail");
  pass(5s);
  ask(forward, query);
  EXPECT_EQ(first.asked.size() + second.asked.size(), 8U);
}

TEST_F(Forwarding, GivesUpInTime) {
  std::vector<std::unique_ptr<Upstream>> dead;
  std::vector<Endpoint> endpoints;
  for (int i = 0; i < 8; ++i) {
    dead.push_back(std::make_unique<Upstream>(context, silent));
    endpoints.push_back(dead.back()->endpoint());
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(ask(to(endpoints, 1s), {"a.example"}), StartsWith("SERVFAIL"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5500ms);
}

TEST_F(Forwarding, TellsWhenNoUpstreamCanBeReached) {
  Endpoint nobody;
  {
    const Upstream gone(context, silent);
    nobody = gone.endpoint();
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(ask(to({nobody}, 1s), {.name = "a.example", .additional = {dns_asking::opt(1232)}}),
            "SERVFAIL ra\nedns 1232\noption 15 0017\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
  EXPECT_FALSE(forwarder->upstreams().at(nobody).is_up());
}

TEST_F(Forwarding, AsksTheNextUpstreamAfterABrokenAnswer) {
  Upstream broken(context, [](const Asked& asked) {
    auto message = good(asked);
    message.resize(message.size() - 3);
    return message;
  });
  Upstream echo(context, [](const Asked& asked) { return asked.query; });
  Upstream second(context, good);
  EXPECT_THAT(ask(to({broken.endpoint(), echo.endpoint(), second.endpoint()}), {"a.example"}),
              HasSubstr("192.0.2.1\n"));
  EXPECT_EQ(count("upstream-failure"), 2U);
}

TEST_F(Forwarding, AsksWithoutEdnsWhoDoesNotKnowIt) {
  Upstream upstream(
      context, [](const Asked& asked) { return asked.has_opt() ? Answer{.rcode = 1}.to(asked.query) : good(asked); });
  const auto forward = to({upstream.endpoint()});
  const auto with = [](const std::string& name, const Octets& options) {
    return dns_asking::Query{.name = name, .additional = {dns_asking::opt(1232, 0, false, options)}};
  };
  EXPECT_EQ(ask(forward, with("a.example", dns_asking::option(65001, {1, 2, 3}))),
            "NOERROR ra\nedns 1232\nanswer a.example. 300 IN A 192.0.2.1\n");
  EXPECT_EQ(upstream.asked.size(), 2U);
  ask(forward, with("b.example", {}));
  EXPECT_EQ(upstream.asked.size(), 4U) << "it may have been the option";
  ask(forward, with("c.example", {}));
  EXPECT_EQ(upstream.asked.size(), 5U) << "now it is remembered";
  pass(61s);
  ask(forward, with("d.example", {}));
  EXPECT_EQ(upstream.asked.size(), 7U) << "but not for ever";
  EXPECT_TRUE(upstream.asked[5].has_opt());
}

TEST_F(Forwarding, RemembersThatUpstreamsFailWhereTheySaySo) {
  Upstream upstream(context, [](const Asked& asked) { return Answer{.rcode = 2}.to(asked.query); });
  const auto forward = to({upstream.endpoint()});
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  EXPECT_THAT(ask(forward, query), StartsWith("SERVFAIL"));
  EXPECT_THAT(ask(forward, query), HasSubstr("option 15 000d"));
  EXPECT_EQ(upstream.asked.size(), 1U);
  pass(6s);
  EXPECT_THAT(ask(forward, query), StartsWith("SERVFAIL"));
  EXPECT_EQ(upstream.asked.size(), 2U);
}

TEST_F(Forwarding, TakesAHeaderAloneForARefusalOfEdns) {
  Upstream upstream(context, [](const Asked& asked) {
    if (!asked.has_opt()) return good(asked);
    auto header = Answer{.rcode = 1}.to(asked.query);
    header.resize(12);
    header[5] = 0;
    return header;
  });
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  EXPECT_EQ(ask(to({upstream.endpoint()}), query), "NOERROR ra\nedns 1232\nanswer a.example. 300 IN A 192.0.2.1\n");
  EXPECT_EQ(upstream.asked.size(), 2U);
  EXPECT_EQ(count("upstream-timeout"), 0U);
}

TEST_F(Forwarding, PassesFormatErrorsOn) {
  Upstream upstream(context, [](const Asked& asked) { return Answer{.rcode = 1}.to(asked.query); });
  EXPECT_EQ(ask(to({upstream.endpoint()}), {"a.example"}), "FORMERR ra\n") << "a query without OPT";
  EXPECT_EQ(upstream.asked.size(), 1U);
}

TEST_F(Forwarding, AsksOnceForAllWhoAskTheSame) {
  Upstream upstream(context, silent);
  const auto forward = to({upstream.endpoint()}, 2s);
  for (unsigned i = 0; i < 20; ++i) {
    begin(forward,
          {.name = i % 2 == 0 ? "a.example" : "A.example", .id = i, .peer = "198.51.100." + std::to_string(i)});
  }
  run_for(50ms);
  ASSERT_EQ(upstream.asked.size(), 1U);
  const auto& asked = upstream.asked.front();
  upstream.socket().send_to(boost::asio::buffer(good(asked)), asked.from);
  wait_for(20);
  EXPECT_EQ(count("forward-coalesced"), 19U);
  for (unsigned i = 0; i < 20; ++i) {
    EXPECT_EQ(replies[i][1], i);
    EXPECT_EQ(replies[i][13], i % 2 == 0 ? 'a' : 'A');
    EXPECT_EQ(routes[i].peer.address(), address("198.51.100." + std::to_string(i)));
  }
  EXPECT_EQ(forwarder->outstanding(), 0U);
}

TEST_F(Forwarding, HoldsItsLimits) {
  Upstream upstream(context, silent);
  make({.outstanding = 5, .outstanding_per_client = 3});
  const auto forward = to({upstream.endpoint()}, 100ms);
  const auto begin_from = [&](int number, const std::string& peer) {
    return begin(
               forward,
               {.name = "a" + std::to_string(number) + ".example", .additional = {dns_asking::opt(1232)}, .peer = peer})
        .deferred;
  };
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(begin_from(i, "2001:db8::" + std::to_string(i + 1)));
  EXPECT_FALSE(begin_from(3, "2001:db8::ffff")) << "of the same /64";
  EXPECT_EQ(last_counter, "forward-limited");
  EXPECT_THAT(text_of(replies.front()), StartsWith("SERVFAIL ra\nedns 1232\noption 15 0000746f6f206d616e79"));
  EXPECT_TRUE(begin_from(4, "2001:db8:0:1::1"));
  EXPECT_TRUE(begin_from(5, "198.51.100.1"));
  EXPECT_FALSE(begin_from(6, "198.51.100.2"));
  wait_for(7);
  EXPECT_EQ(forwarder->outstanding(), 0U);
  EXPECT_TRUE(begin_from(7, "2001:db8::1"));
}

TEST_F(Forwarding, AFloodOfOneNetworkLeavesOthersTheirShare) {
  Upstream upstream(context, [](const Asked& asked) { return asked.query[13] == 'x' ? Octets() : good(asked); });
  make({.outstanding = 40, .outstanding_per_client = 10});
  const auto forward = to({upstream.endpoint()}, 1s);
  const auto begin_from = [&](int number, const std::string& peer, const std::string& letter = "x") {
    return begin(forward, {.name = letter + std::to_string(number) + ".example",
                           .additional = {dns_asking::opt(1232)},
                           .peer = peer})
        .deferred;
  };
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(begin_from(i, "198.51.100." + std::to_string(i)));
  EXPECT_FALSE(begin_from(40, "198.51.100.40")) << "of the same network, which has all";
  EXPECT_EQ(last_counter, "forward-limited");
  replies.clear();
  routes.clear();

  EXPECT_TRUE(begin_from(41, "203.0.113.1", "a"));
  EXPECT_EQ(count("forward-displaced"), 1U);
  ASSERT_EQ(replies.size(), 1U) << "the oldest is told at once";
  EXPECT_THAT(text_of(replies.front()), StartsWith("SERVFAIL ra\nedns 1232\noption 15 0000746f6f206d616e79"));
  EXPECT_THAT(text_of(replies.front()), Not(HasSubstr("answer")));
  EXPECT_EQ(routes.front().peer.address(), address("198.51.100.0"));
  wait_for(2);
  EXPECT_THAT(text_of(replies.back()), HasSubstr("a41.example. 300 IN A"));
  EXPECT_EQ(forwarder->outstanding(), 39U);

  // There is a place now, and then as many as leave the flood no more than twice as much.
  int waiting = 0;
  while (waiting < 40 && begin_from(50 + waiting, "203.0.113." + std::to_string(waiting))) ++waiting;
  EXPECT_EQ(waiting, 13);
  EXPECT_EQ(forwarder->outstanding(), 40U);
  replies.clear();
  wait_for(40);
  EXPECT_EQ(forwarder->outstanding(), 0U);
}

TEST_F(Forwarding, NothingIsAskedAgainForWhoGaveWay) {
  Upstream upstream(context, silent);
  Upstream second(context, silent);
  make({.outstanding = 20, .outstanding_per_client = 20});
  const auto forward = to({upstream.endpoint(), second.endpoint()}, 150ms);
  for (int i = 0; i < 20; ++i) begin(forward, {"a" + std::to_string(i) + ".example"});
  begin(forward, {.name = "b.example", .peer = "203.0.113.1"});
  EXPECT_EQ(replies.size(), 1U);
  wait_for(21);
  const auto about_first = [](const Upstream& each) {
    return std::ranges::count_if(each.asked,
                                 [](const Asked& asked) { return asked.query[13] == 'a' && asked.query[14] == '0'; });
  };
  EXPECT_EQ(about_first(upstream), 1);
  EXPECT_EQ(about_first(second), 0);
  run_for(150ms);
  std::weak_ptr<Forwarder> given_up = forwarder;
  forwarder.reset();
  EXPECT_TRUE(given_up.expired()) << "nothing is left of it";
}

TEST_F(Forwarding, UsesStaleAnswersWhenAllUpstreamsFail) {
  Upstream upstream(context, good);
  const auto forward = to({upstream.endpoint()}, 100ms);
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  ask(forward, query);
  upstream.script = silent;
  pass(1h);
  const std::string stale = "NOERROR ra\nedns 1232\noption 15 0003\nanswer a.example. 30 IN A 192.0.2.1\n";
  EXPECT_EQ(ask(forward, query), stale);
  EXPECT_EQ(upstream.asked.size(), 3U);
  EXPECT_EQ(count("forward-stale"), 1U);
  EXPECT_EQ(ask(forward, query), stale) << "at once";
  EXPECT_EQ(upstream.asked.size(), 3U);
  pass(31s);
  upstream.script = good;
  EXPECT_THAT(ask(forward, query), HasSubstr(" 300 IN A"));
  pass(300s + 25h);
  upstream.script = silent;
  EXPECT_THAT(ask(forward, query), StartsWith("SERVFAIL")) << "too old";
}

TEST_F(Forwarding, UsesStaleDenials) {
  Upstream upstream(context, [](const Asked& asked) {
    return Answer{.rcode = 3, .authority = {soa_record(600, 60)}}.to(asked.query);
  });
  const auto forward = to({upstream.endpoint()}, 100ms);
  const dns_asking::Query query{.name = "a.example", .additional = {dns_asking::opt(1232)}};
  ask(forward, query);
  upstream.script = saying(2);
  pass(1h);
  EXPECT_THAT(ask(forward, query), StartsWith("NXDOMAIN ra\nedns 1232\noption 15 0013\nauthority . 30 IN SOA"));
}

TEST_F(Forwarding, AnswersAfterItWasGivenUp) {
  Upstream upstream(context, silent);
  begin(to({upstream.endpoint()}, 2s), {"a.example"});
  std::weak_ptr<Forwarder> given_up = forwarder;
  forwarder.reset();
  run_for(50ms);
  ASSERT_FALSE(given_up.expired());
  const auto& asked = upstream.asked.front();
  upstream.socket().send_to(boost::asio::buffer(good(asked)), asked.from);
  wait_for(1);
  run_for(150ms);
  EXPECT_TRUE(given_up.expired()) << "no longer than that";
}

std::uint64_t time_of_day = 0;
std::uint64_t wall_clock_of_tests() noexcept { return time_of_day; }

TEST_F(Forwarding, AStepBackOfTheTimeOfDayKeepsNoUpstreamDown) {
  Upstream first(context, silent);
  Upstream second(context, good);
  const auto named = [](const Upstream& each) { return thence::text(each.endpoint()); };
  thence::config::Problems problems;
  const auto document =
      thence::config::Document::parse("t.yaml", "forward: [{ zone: ., open: true, timeout: 150ms, to: ['" +
                                                    named(first) + "', '" + named(second) + "'] }]");
  const auto settings = std::make_shared<const thence::dns::Settings>(
      thence::dns::read_settings(thence::config::Cursor(document, problems)));
  ASSERT_EQ(problems.count(), 0U);
  time_of_day = 1'700'000'000'000'000;
  thence::dns::Server server(settings, host, {wall_clock_of_tests, clock_of_tests});
  const auto ask_server = [&](const std::string& name) {
    replies.clear();
    const auto message = dns_asking::Query{name}.wire();
    const thence::Route route{{address("192.0.2.1"), 4000}, {address("192.0.2.53"), 53}, 1, Transport::udp};
    Octets buffer(4096);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, route, client.get(), 0};
    EXPECT_EQ(server.respond({std::as_bytes(std::span(message)), route}, reply).action, thence::Verdict::Action::defer);
    wait_for(1);
  };
  ask_server("a.example");
  EXPECT_EQ(first.asked.size(), 1U);
  ask_server("b.example");
  EXPECT_EQ(first.asked.size(), 1U) << "it is down";
  first.script = good;
  time_of_day -= 3'600'000'000;
  pass(2s);
  ask_server("c.example");
  EXPECT_EQ(first.asked.size(), 2U) << "its second is over, whatever the time of day";
}

TEST(ForwardingEnds, WithItsWorker) {
  std::weak_ptr<Forwarder> forwarder;
  const auto client = std::make_shared<Client>();
  {
    thence::LoneHost host;
    auto& context = host.context;
    Upstream upstream(context, silent);
    auto made = std::make_shared<Forwarder>(host, ForwardingLimits{}, clock_of_tests);
    auto forward = std::make_shared<Forward>();
    forward->upstreams = {upstream.endpoint()};
    forward->timeout = 1s;
    const auto wire = dns_asking::Query{"a.example"}.wire();
    thence::dns::Query query;
    thence::dns::read(wire, query);
    std::vector<std::uint8_t> buffer(512);
    thence::dns::MessageWriter reply(buffer, query);
    EXPECT_TRUE(made->ask(0, forward, query, reply_to(*client), reply).deferred);
    forwarder = made;
    made.reset();
    context.run_for(20ms);
    EXPECT_FALSE(forwarder.expired());
    EXPECT_EQ(client->owed(), 1U);
  }
  EXPECT_TRUE(forwarder.expired());
  EXPECT_EQ(client->given_up, 1U);
  EXPECT_EQ(client->owed(), 0U);
  EXPECT_TRUE(client->replies.empty()) << "nobody is there to send";
}

}  // namespace

}  // namespace forwarder_test
