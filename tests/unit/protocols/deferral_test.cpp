#include "protocols/deferral.hpp"

#include <array>
#include <memory>
#include <new>
#include <utility>

#include <gtest/gtest.h>

namespace deferral_test {

using thence::Deferral;
using thence::Route;

namespace {

/// What has come of the deferrals of one socket.
struct Path final : thence::ReplyPath {
  std::size_t sent = 0;
  std::size_t given_up = 0;
  std::size_t protocol = 0;
  std::size_t size = 0;
  Route route;
  bool has_memory = true;

 private:
  void send_deferred(const Route& to, std::size_t of, std::span<const std::byte> message) override {
    if (!has_memory) throw std::bad_alloc();
    ++sent;
    route = to;
    protocol = of;
    size = message.size();
  }
  void give_up(const Route& to) noexcept override {
    ++given_up;
    route = to;
  }
};

const std::array<std::byte, 3> message{};

Route route(std::uint16_t port) { return {{boost::asio::ip::make_address("192.0.2.1"), port}, {}, 1}; }

}  // namespace

TEST(Deferral, IsSentOnce) {
  const auto path = std::make_shared<Path>();
  {
    Deferral deferral(path, route(7), 2);
    EXPECT_EQ(deferral.route(), route(7));
    EXPECT_EQ(path->owed(), 1U);
    deferral.send(message);
    EXPECT_EQ(path->owed(), 0U);
    deferral.send(message);
  }
  EXPECT_EQ(path->sent, 1U);
  EXPECT_EQ(path->given_up, 0U);
  EXPECT_EQ(path->route, route(7));
  EXPECT_EQ(path->protocol, 2U);
  EXPECT_EQ(path->size, 3U);
}

TEST(Deferral, ThatEndsWithoutASendIsGivenUp) {
  const auto path = std::make_shared<Path>();
  { const Deferral deferral(path, route(7), 0); }
  EXPECT_EQ(path->sent, 0U);
  EXPECT_EQ(path->given_up, 1U);
  EXPECT_EQ(path->route, route(7));
  EXPECT_EQ(path->owed(), 0U);
}

TEST(Deferral, MovesWithoutOwingMore) {
  const auto path = std::make_shared<Path>();
  {
    Deferral first(path, route(7), 0);
    Deferral second(std::move(first));
    Deferral third;
    third = std::move(second);
    EXPECT_EQ(path->owed(), 1U);
    third.send(message);
  }
  EXPECT_EQ(path->sent, 1U);
  EXPECT_EQ(path->given_up, 0U);
}

TEST(Deferral, AnotherOneInItsPlaceGivesItUp) {
  const auto path = std::make_shared<Path>();
  Deferral kept(path, route(7), 0);
  kept = Deferral(path, route(8), 0);
  EXPECT_EQ(path->given_up, 1U);
  EXPECT_EQ(path->route, route(7));
  EXPECT_EQ(path->owed(), 1U);
  kept = Deferral();
  EXPECT_EQ(path->given_up, 2U);
  EXPECT_EQ(path->owed(), 0U);
}

TEST(Deferral, ItsSocketStaysForAsLongAsItIsOwed) {
  auto path = std::make_shared<Path>();
  const std::weak_ptr<Path> there = path;
  Deferral deferral(std::move(path), route(7), 0);
  EXPECT_FALSE(there.expired());
  deferral.send(message);
  EXPECT_TRUE(there.expired());
}

TEST(Deferral, WithoutMemoryToSendItIsOwedNoMore) {
  const auto path = std::make_shared<Path>();
  path->has_memory = false;
  {
    Deferral deferral(path, route(7), 0);
    EXPECT_THROW(deferral.send(message), std::bad_alloc);
    EXPECT_EQ(path->owed(), 0U);
  }
  EXPECT_EQ(path->given_up, 0U);
}

TEST(Deferral, OfNobodyOwesNothing) {
  Deferral deferral;
  deferral.send(message);
}

}  // namespace deferral_test
