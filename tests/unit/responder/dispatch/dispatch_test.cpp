#include "responder/dispatch/dispatch.hpp"

#include <array>
#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace dispatch_test {

using namespace thence;
using Action = Verdict::Action;

namespace {

/// Claims what begins with its letter, and does what it is told to.
class Scripted final : public Protocol {
 public:
  explicit Scripted(char letter) : letter_(static_cast<std::byte>(letter)) {}

  bool claims(std::span<const std::byte> payload) const noexcept override {
    return !payload.empty() && payload.front() == letter_;
  }
  Verdict respond(const Request& /*request*/, Reply& reply) noexcept override {
    path = reply.path;
    number = reply.protocol;
    reply.size = 5;
    return {action, &outcome};
  }

  Action action = Action::reply;
  Counter outcome{"answered"};
  const ReplyPath* path = nullptr;
  std::size_t number = 0;

 private:
  std::byte letter_;
};

struct Nowhere final : ReplyPath {
 private:
  void send_deferred(const Route& /*route*/, std::size_t /*protocol*/,
                     std::span<const std::byte> /*message*/) override {}
  void give_up(const Route& /*route*/) noexcept override {}
};

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

/// Two protocols on a host without interfaces.
class Dispatching : public testing::Test {
 protected:
  /// @return octets of the reply
  std::size_t respond(Action action) {
    b_.action = action;
    Reply reply{buffer_, 0, route_};
    EXPECT_EQ(dispatch_.respond(served_b_, {bytes("b"), route_}, reply, *path_), action);
    return reply.size;
  }

  Traffic traffic(std::size_t protocol) { return traffic_.traffic(route_, protocol); }

  const Route route_{{boost::asio::ip::make_address("192.0.2.9"), 4000},
                     {boost::asio::ip::make_address("192.0.2.1"), 53},
                     1,
                     Transport::udp};
  const std::shared_ptr<Nowhere> path_ = std::make_shared<Nowhere>();
  Scripted a_{'a'};
  Scripted b_{'b'};
  ServedProtocol served_a_{"a", 0, &a_};
  ServedProtocol served_b_{"b", 1, &b_};
  InterfaceTable interfaces_;
  TrafficTable traffic_{2};
  Dispatch dispatch_{interfaces_, traffic_};
  std::array<std::byte, 16> buffer_{};
};

}  // namespace

TEST_F(Dispatching, ASharedPortAsksWhoClaimsADatagram) {
  const ServedProtocols both{&served_a_, &served_b_};
  EXPECT_EQ(Dispatch::choose(both, bytes("alpha")), &served_a_);
  EXPECT_EQ(Dispatch::choose(both, bytes("beta")), &served_b_);
  EXPECT_EQ(Dispatch::choose(both, bytes("gamma")), nullptr);
  EXPECT_EQ(Dispatch::choose(both, {}), nullptr);
  EXPECT_EQ(Dispatch::choose({}, bytes("alpha")), nullptr);
}

TEST_F(Dispatching, APortOfOneProtocolHasAllDatagrams) {
  EXPECT_EQ(Dispatch::choose({&served_a_}, bytes("beta")), &served_a_);
}

TEST_F(Dispatching, EachActionIsCountedAndOnlyRepliesHaveASize) {
  EXPECT_EQ(respond(Action::reply), 5U);
  EXPECT_EQ(traffic(1).requests, 1U);
  EXPECT_EQ(traffic(1).replies, 1U);
  EXPECT_EQ(respond(Action::refuse), 5U);
  EXPECT_EQ(traffic(1).replies, 2U);
  EXPECT_EQ(respond(Action::drop), 0U);
  EXPECT_EQ(traffic(1).dropped, 1U);
  EXPECT_EQ(respond(Action::defer), 0U);
  EXPECT_EQ(traffic(1).requests, 4U);
  EXPECT_EQ(traffic(1).replies, 2U);
  EXPECT_EQ(traffic(1).dropped, 1U);
  EXPECT_EQ(b_.outcome.value, 4U);
  EXPECT_EQ(traffic(0).requests, 0U) << "the other protocol's";
}

TEST_F(Dispatching, AProtocolThatDefersKnowsItsPathAndNumber) {
  respond(Action::defer);
  EXPECT_EQ(b_.path, path_.get());
  EXPECT_EQ(b_.number, 1U);
  dispatch_.answered(1, route_);
  EXPECT_EQ(traffic(1).replies, 1U);
  EXPECT_EQ(traffic(1).requests, 1U);
}

TEST_F(Dispatching, WhatReachesNoProtocolIsCountedByItsCause) {
  Counter excluded{"udp.dropped.excluded"};
  for (int i = 0; i < 3; ++i) dispatch_.refused(route_, "excluded", excluded);
  EXPECT_EQ(excluded.value, 3U);
  EXPECT_EQ(traffic_.dropped(route_), 3U);
  EXPECT_EQ(traffic(0).requests + traffic(1).requests, 0U);
}

}  // namespace dispatch_test
