#include "responder/socket/udp_socket.hpp"

#include "responder/host/interface_monitor.hpp"
#include "responder/host/pktinfo.hpp"

#include <cerrno>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace udp_socket_test {

using namespace thence;
using testing::ElementsAre;
namespace asio = boost::asio;
namespace ip = boost::asio::ip;

namespace {

constexpr std::uint16_t port = 15711;
constexpr std::uint32_t loopback = 1;  // the index of lo

/// One socket on loopback, and clients of it.
class DatagramSocket : public testing::Test {
 protected:
  /// @return its descriptor
  pktinfo::Socket open(Family family, bool broadcast = false) {
    udp_.reset();
    const ip::address any_ipv6 = ip::address_v6::any();
    const auto any = family == Family::ipv4 ? ip::address_v4::any() : any_ipv6;
    const Binding binding{Transport::udp, family, any, port};
    auto socket = open_udp(context_.get_executor(), binding, Share::first);
    const auto descriptor = socket.native_handle();
    udp_ = std::make_shared<UdpSocket>(BoundUdp{std::move(socket), binding}, io_, interfaces_, udp_counters_, dispatch_,
                                       traffic_);
    auto serving = std::make_shared<Serving>();
    serving->filter.update(interfaces_);
    serving->broadcast = broadcast;
    udp_->set_serving(serving);
    return descriptor;
  }

  /// A client that has sent one datagram.
  ip::udp::socket ask(const std::string& payload, const char* destination) {
    const auto address = ip::make_address(destination);
    ip::udp::socket client(context_, {address.is_v4() ? ip::udp::v4() : ip::udp::v6(), 0});
    client.send_to(asio::buffer(payload), {address, port});
    return client;
  }

  static void reply(Exchange& exchange, char with, std::size_t size = 1) {
    std::fill_n(exchange.reply.buffer.begin(), size, static_cast<std::byte>(with));
    exchange.reply.size = size;
  }

  /// What a client has received, and from where.
  static std::string heard(ip::udp::socket& client) {
    std::string text(DatagramIo::payload, '\0');
    Endpoint from;
    boost::system::error_code error;
    client.non_blocking(true);
    text.resize(client.receive_from(asio::buffer(text), from, 0, error));
    return error ? "nothing" : text + " from " + from.address().to_string();
  }

  asio::io_context context_;
  InterfaceTable interfaces_ = read_interfaces();
  Counters counters_;
  UdpCounters udp_counters_{counters_};
  TrafficTable traffic_{1};
  DatagramIo io_;
  Dispatch dispatch_{interfaces_, traffic_};
  std::shared_ptr<UdpSocket> udp_;
};

std::string_view text(std::span<const std::byte> payload) {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

}  // namespace

TEST_F(DatagramSocket, ABatchKnowsWhereEachDatagramArrivedAndAnswersFromThere) {
  open(Family::dual_stack);
  auto first = ask("one", "127.4.5.6");
  auto second = ask("two", "::1");
  const auto batch = udp_->receive();
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(text(batch[0].request.payload), "one");
  EXPECT_EQ(batch[0].request.route.local, Endpoint(ip::make_address("127.4.5.6"), port));
  EXPECT_EQ(batch[0].request.route.peer, Endpoint(ip::make_address("127.0.0.1"), first.local_endpoint().port()));
  EXPECT_EQ(batch[0].request.route.interface, loopback);
  EXPECT_EQ(text(batch[1].request.payload), "two");
  EXPECT_EQ(batch[1].request.route.local, Endpoint(ip::make_address("::1"), port));
  for (auto& each : batch) {
    EXPECT_EQ(each.drop, Drop::none);
    EXPECT_EQ(each.reply.route, each.request.route);
    EXPECT_EQ(each.reply.size, 0U);
    reply(each, 'r');
  }
  udp_->send(batch);
  EXPECT_EQ(heard(first), "r from 127.4.5.6");
  EXPECT_EQ(heard(second), "r from ::1");
  EXPECT_EQ(udp_counters_.answered.value, 2U);
  EXPECT_TRUE(udp_->receive().empty());
}

TEST_F(DatagramSocket, WithoutPacketInformationNothingIsLeftOfTheDatagramBefore) {
  const auto descriptor = open(Family::ipv4);
  ask("with", "127.4.5.6");
  const auto with = udp_->receive();
  ASSERT_EQ(with.size(), 1U);
  EXPECT_EQ(with[0].drop, Drop::none);
  ASSERT_FALSE(pktinfo::enable(descriptor, false));
  const auto client = ask("without", "127.7.8.9");
  const auto without = udp_->receive();
  ASSERT_EQ(without.size(), 1U);
  EXPECT_EQ(without[0].drop, Drop::no_packet_information);
  EXPECT_EQ(text(without[0].request.payload), "without");
  for (const auto& route : {without[0].request.route, without[0].reply.route}) {
    EXPECT_EQ(route.peer.port(), client.local_endpoint().port());
    EXPECT_EQ(route.local, Endpoint(ip::address_v4::any(), port));
    EXPECT_EQ(route.interface, 0U);
  }
}

TEST_F(DatagramSocket, TooLongADatagramSaysSoAndTheNextOneIsWhole) {
  open(Family::ipv4);
  ask(std::string(DatagramIo::payload + 1, 'x'), "127.0.0.1");
  ask(std::string(DatagramIo::payload, 'y'), "127.0.0.1");
  const auto batch = udp_->receive();
  ASSERT_EQ(batch.size(), 2U);
  EXPECT_EQ(batch[0].drop, Drop::truncated);
  EXPECT_EQ(batch[1].drop, Drop::none);
  EXPECT_EQ(batch[1].request.payload.size(), DatagramIo::payload);
}

TEST_F(DatagramSocket, ABroadcastIsAnsweredFromTheUnicastAddressWhereThatIsAllowed) {
  for (const bool allowed : {false, true}) {
    open(Family::ipv4, allowed);
    ip::udp::socket client(context_, ip::udp::v4());
    client.set_option(asio::socket_base::broadcast(true));
    client.send_to(asio::buffer("all", 3), {ip::make_address("127.255.255.255"), port});
    const auto batch = udp_->receive();
    ASSERT_EQ(batch.size(), 1U);
    EXPECT_EQ(batch[0].drop, allowed ? Drop::none : Drop::broadcast);
    EXPECT_EQ(batch[0].request.route.local.address(), ip::make_address(allowed ? "127.0.0.1" : "127.255.255.255"));
    EXPECT_EQ(batch[0].reply.route.local.address(), ip::make_address("127.0.0.1"));
  }
}

TEST_F(DatagramSocket, AReplyThatTheSystemDoesNotSendIsCountedAndTheOthersLeave) {
  open(Family::ipv4);
  auto first = ask("1", "127.0.0.1");
  auto second = ask("2", "127.0.0.1");
  auto third = ask("3", "127.0.0.1");
  const auto batch = udp_->receive();
  ASSERT_EQ(batch.size(), 3U);
  for (auto& each : batch) reply(each, 'r');
  batch[1].reply.route.local.address(ip::make_address("192.0.2.1"));  // RFC 5737: no host has it
  udp_->send(batch);
  EXPECT_EQ(heard(first), "r from 127.0.0.1");
  EXPECT_EQ(heard(second), "nothing");
  EXPECT_EQ(heard(third), "r from 127.0.0.1");
  EXPECT_EQ(udp_counters_.answered.value, 2U);
  EXPECT_EQ(udp_counters_.send_error(batch[1].error).value, 1U);
  EXPECT_THAT((std::vector{batch[0].error, batch[1].error, batch[2].error}), ElementsAre(0, testing::Ne(0), 0));
}

TEST_F(DatagramSocket, OneReplyLeavesWithoutItsBatch) {
  open(Family::dual_stack);
  auto client = ask("later", "127.4.5.6");
  const auto batch = udp_->receive();
  ASSERT_EQ(batch.size(), 1U);
  const std::string message = "now";
  udp_->send(batch[0].request.route, std::as_bytes(std::span(message)));
  EXPECT_EQ(heard(client), "now from 127.4.5.6");
  EXPECT_EQ(udp_counters_.answered.value, 1U);
}

}  // namespace udp_socket_test
