#pragma once

// A forwarder, upstreams that do what a test tells them to, and a clock that goes on when it is told to.

#include "protocols/coarse_clock.hpp"
#include "protocols/dns/forward/forwarder.hpp"
#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/forward/upstream.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace dns_forwarding {

using dns_asking::Octets;
using dns_asking::text_of;
using dns_upstream::address_record;
using dns_upstream::Answer;
using dns_upstream::Asked;
using dns_upstream::Upstream;
using thence::Endpoint;
using thence::Transport;
using thence::dns::Forward;
using thence::dns::Forwarder;
using thence::dns::ForwardingLimits;
using namespace std::chrono_literals;

inline std::uint64_t passed = 0;

/// The system's, and what a test lets pass.
inline std::uint64_t clock_of_tests() noexcept { return thence::coarse_monotonic_clock() + passed; }

inline void pass(std::chrono::microseconds time) { passed += static_cast<std::uint64_t>(time.count()); }

inline boost::asio::ip::address address(const std::string& text) { return boost::asio::ip::make_address(text); }

/// Answers with an address.
inline Octets good(const Asked& asked) {
  Answer answer{.answer = {address_record()}};
  if (asked.has_opt()) answer.additional = {dns_asking::opt(1232)};
  return answer.to(asked.query);
}

inline Octets silent(const Asked&) { return {}; }

inline Upstream::Script saying(unsigned rcode) {
  return [rcode](const Asked& asked) {
    Answer answer{.rcode = rcode};
    if (asked.has_opt()) answer.additional = {dns_asking::opt(1232)};
    return answer.to(asked.query);
  };
}

/// Who waits for replies, in the place of a socket.
class Client final : public thence::ReplyPath {
 public:
  std::vector<Octets> replies;
  std::vector<thence::Route> routes;
  unsigned given_up = 0;

 private:
  void send_deferred(const thence::Route& route, std::size_t /*protocol*/,
                     std::span<const std::byte> message) override {
    routes.push_back(route);
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(message.data());
    replies.emplace_back(octets, octets + message.size());
  }
  void give_up(const thence::Route& /*route*/) noexcept override { ++given_up; }
};

inline thence::Reply reply_to(Client& client, const thence::Route& route = {}) {
  thence::Reply reply;
  reply.route = route;
  reply.path = &client;
  return reply;
}

class Forwarding : public testing::Test {
 protected:
  Forwarding() {
    passed = 0;
    make();
  }

  void make(const ForwardingLimits& limits = {}) {
    forwarder = std::make_shared<Forwarder>(host, limits, clock_of_tests);
  }

  std::shared_ptr<Forward> to(const std::vector<Endpoint>& upstreams, std::chrono::milliseconds timeout = 150ms) {
    auto forward = std::make_shared<Forward>();
    forward->upstreams = upstreams;
    forward->timeout = timeout;
    return forward;
  }

  /// Asks; a reply that comes at once is kept as those that come later.
  Forwarder::Outcome begin(const std::shared_ptr<const Forward>& forward, const dns_asking::Query& asked,
                           std::uint16_t view = 0) {
    const auto wire = asked.wire();
    thence::dns::Query query;
    EXPECT_EQ(thence::dns::read(wire, query), thence::dns::Reading::query);
    const thence::Route route{{address(asked.peer), 4000}, {address(asked.local), 53}, 1, asked.transport};
    const std::size_t room = asked.transport == Transport::tcp ? 65535 : thence::dns::datagram_limit(query.edns);
    std::vector<std::uint8_t> buffer(room);
    thence::dns::MessageWriter reply(buffer, query);
    reply.add_options(own_options);
    const auto outcome = forwarder->ask(view, forward, query, reply_to(*client, route), reply);
    if (!outcome.deferred) {
      buffer.resize(reply.finish(outcome.rcode));
      replies.push_back(buffer);
      routes.push_back(route);
    }
    last_counter = outcome.counter->name;
    return outcome;
  }

  void wait_for(std::size_t count, std::chrono::milliseconds most = 10s) {
    const auto end = std::chrono::steady_clock::now() + most;
    while (replies.size() < count && std::chrono::steady_clock::now() < end) {
      context.restart();
      context.run_one_for(50ms);
    }
    ASSERT_EQ(replies.size(), count);
  }

  void run_for(std::chrono::milliseconds time) {
    context.restart();
    context.run_for(time);
  }

  /// What a client sees.
  std::string ask(const std::shared_ptr<const Forward>& forward, const dns_asking::Query& asked,
                  std::uint16_t view = 0) {
    replies.clear();
    begin(forward, asked, view);
    wait_for(1);
    return replies.empty() ? "no reply" : text_of(replies.front());
  }

  std::uint64_t count(const std::string& name) { return counters[name].value; }

  const std::shared_ptr<Client> client = std::make_shared<Client>();
  std::vector<Octets>& replies = client->replies;
  std::vector<thence::Route>& routes = client->routes;
  thence::LoneHost host;
  boost::asio::io_context& context = host.context;
  thence::Counters& counters = host.counts;
  std::shared_ptr<Forwarder> forwarder;
  Octets own_options;
  std::string last_counter;
};

}  // namespace dns_forwarding
