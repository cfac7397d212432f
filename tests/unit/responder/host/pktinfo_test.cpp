#include "responder/host/pktinfo.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pktinfo_test {

using namespace thence;
namespace ip = boost::asio::ip;

namespace {

/// A socket of any kind that closes itself.
class Descriptor {
 public:
  Descriptor(int domain, int type, int protocol = 0) : value_(::socket(domain, type, protocol)) {}
  ~Descriptor() { ::close(value_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return value_; }

 private:
  int value_;
};

bool option(int socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(socket, level, name, &value, &size), 0);
  return value != 0;
}

bool enabled(int socket) {
  std::error_code error;
  const bool on = pktinfo::enabled(socket, error);
  EXPECT_FALSE(error) << error.message();
  return on;
}

/// Sends one datagram to a wildcard socket with packet information, and reads where it arrived.
std::optional<pktinfo::Arrival> arrival_at(const char* destination, Descriptor& receiver) {
  boost::asio::io_context context;
  EXPECT_FALSE(pktinfo::enable(receiver, true));
  const auto address = ip::make_address(destination);
  int domain = 0;
  socklen_t size = sizeof domain;
  ::getsockopt(receiver, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  ip::udp::endpoint any(domain == AF_INET ? ip::udp::v4() : ip::udp::v6(), 0);
  EXPECT_EQ(::bind(receiver, any.data(), static_cast<socklen_t>(any.size())), 0);
  size = static_cast<socklen_t>(any.capacity());
  ::getsockname(receiver, any.data(), &size);

  ip::udp::socket sender(context, address.is_v4() ? ip::udp::v4() : ip::udp::v6());
  sender.send_to(boost::asio::buffer("x", 1), {address, any.port()});
  char payload = 0;
  iovec vector{&payload, 1};
  alignas(cmsghdr) std::byte control[pktinfo::control_size];
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  EXPECT_EQ(::recvmsg(receiver, &message, 0), 1);
  return pktinfo::read({control, message.msg_controllen});
}

}  // namespace

TEST(PacketInformation, IsOffUntilItIsTurnedOnAndCanBeTurnedOff) {
  for (const int type : {SOCK_DGRAM, SOCK_RAW}) {
    for (const int domain : {AF_INET, AF_INET6}) {
      const Descriptor socket(domain, type, type == SOCK_RAW ? IPPROTO_UDP : 0);
      if (type == SOCK_RAW && socket < 0) GTEST_SKIP() << "raw sockets need root: not tested";
      ASSERT_GE(socket, 0);
      EXPECT_FALSE(enabled(socket));
      EXPECT_FALSE(pktinfo::enable(socket, true));
      EXPECT_TRUE(enabled(socket));
      EXPECT_FALSE(pktinfo::enable(socket, false));
      EXPECT_FALSE(enabled(socket));
    }
  }
}

TEST(PacketInformation, ADualStackSocketHasBothOptionsOn) {
  const Descriptor socket(AF_INET6, SOCK_DGRAM);
  const int off = 0;
  ASSERT_EQ(::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), 0);
  EXPECT_FALSE(pktinfo::enable(socket, true));
  EXPECT_TRUE(option(socket, IPPROTO_IP, IP_PKTINFO));
  EXPECT_TRUE(option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO));
  const int zero = 0;
  ASSERT_EQ(::setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &zero, sizeof zero), 0);
  EXPECT_FALSE(enabled(socket)) << "half of it is not on";
}

TEST(PacketInformation, AnIpv6OnlySocketLeavesTheIpv4OptionAlone) {
  const Descriptor socket(AF_INET6, SOCK_DGRAM);
  const int on = 1;
  ASSERT_EQ(::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on), 0);
  EXPECT_FALSE(pktinfo::enable(socket, true));
  EXPECT_TRUE(enabled(socket));
  EXPECT_FALSE(option(socket, IPPROTO_IP, IP_PKTINFO));
}

TEST(PacketInformation, OtherSocketsAreAnError) {
  const Descriptor stream(AF_INET, SOCK_STREAM);
  const Descriptor stream6(AF_INET6, SOCK_STREAM);
  const Descriptor local(AF_UNIX, SOCK_DGRAM);
  std::error_code error;
  for (const int socket : {static_cast<int>(stream), static_cast<int>(stream6)}) {
    EXPECT_EQ(pktinfo::enable(socket, true), pktinfo::Error::socket_type);
    EXPECT_FALSE(pktinfo::enabled(socket, error));
    EXPECT_EQ(error, pktinfo::Error::socket_type);
    EXPECT_THAT(error.message(), testing::HasSubstr("datagram and raw sockets only"));
  }
  EXPECT_EQ(pktinfo::enable(local, true), pktinfo::Error::socket_family);
  EXPECT_FALSE(pktinfo::enabled(local, error));
  EXPECT_THAT(error.message(), testing::HasSubstr("IPv4 and IPv6 sockets only"));
  EXPECT_EQ(pktinfo::enable(-1, true), std::errc::bad_file_descriptor);
  EXPECT_FALSE(pktinfo::enabled(-1, error));
  EXPECT_EQ(error, std::errc::bad_file_descriptor);
}

TEST(PacketInformation, NamesTheAddressAsked) {
  for (const auto* const destination : {"127.0.0.1", "127.1.2.3"}) {
    Descriptor receiver(AF_INET, SOCK_DGRAM);
    const auto arrival = arrival_at(destination, receiver);
    ASSERT_TRUE(arrival);
    EXPECT_EQ(arrival->local, ip::make_address(destination));
    EXPECT_NE(arrival->interface, 0U);
    EXPECT_FALSE(arrival->group());
  }
}

TEST(PacketInformation, ADualStackSocketShowsIpv4AsIpv4) {
  for (const auto* const destination : {"127.1.2.3", "::1"}) {
    Descriptor receiver(AF_INET6, SOCK_DGRAM);
    const int off = 0;
    ASSERT_EQ(::setsockopt(receiver, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), 0);
    const auto arrival = arrival_at(destination, receiver);
    ASSERT_TRUE(arrival);
    EXPECT_EQ(arrival->local, ip::make_address(destination));
    EXPECT_FALSE(arrival->group());
  }
}

TEST(PacketInformation, ABroadcastOrMulticastDestinationIsAGroup) {
  const auto broadcast = pktinfo::Arrival{ip::make_address("10.77.0.1"), ip::make_address("10.77.0.255"), 2};
  EXPECT_TRUE(broadcast.group());
  const auto multicast = pktinfo::Arrival{ip::make_address("ff02::1"), ip::make_address("ff02::1"), 2};
  EXPECT_TRUE(multicast.group());
}

TEST(PacketInformation, WhatIsWrittenIsReadBack) {
  alignas(cmsghdr) std::byte control[pktinfo::control_size];
  const auto source = ip::make_address("2001:db8::7");
  const auto ipv6 = pktinfo::read({control, pktinfo::write(control, source, 5)});
  ASSERT_TRUE(ipv6);
  EXPECT_EQ(ipv6->interface, 5U);
  EXPECT_EQ(ipv6->local, source);
  const auto ipv4 = pktinfo::read({control, pktinfo::write(control, ip::make_address("192.0.2.7"), 6)});
  ASSERT_TRUE(ipv4);
  EXPECT_EQ(ipv4->interface, 6U);
  EXPECT_EQ(ipv4->local, ip::make_address("192.0.2.7"));
}

TEST(PacketInformation, DamagedControlMessagesAreNoPacketInformation) {
  alignas(cmsghdr) std::byte control[pktinfo::control_size]{};
  EXPECT_FALSE(pktinfo::read({}));
  EXPECT_FALSE(pktinfo::read(control));
  const auto size = pktinfo::write(control, ip::make_address("2001:db8::7"), 5);
  for (std::size_t cut = 0; cut < size - 4; ++cut) EXPECT_FALSE(pktinfo::read({control, cut})) << cut;
}

TEST(PacketInformation, AnAcceptedConnectionKnowsItsInterface) {
  boost::asio::io_context context;
  for (const bool only_ipv6 : {true, false}) {
    ip::tcp::acceptor acceptor(context, ip::tcp::v6());
    acceptor.set_option(ip::v6_only(only_ipv6));
    acceptor.bind({ip::tcp::v6(), 0});
    acceptor.listen();
    for (const auto* const destination : {"::1", "127.0.0.1"}) {
      if (only_ipv6 && std::string(destination) != "::1") continue;
      ip::tcp::socket client(context);
      client.connect({ip::make_address(destination), acceptor.local_endpoint().port()});
      auto accepted = acceptor.accept();
      EXPECT_EQ(pktinfo::arrival_interface(accepted.native_handle()), 1U) << destination << ": lo has index 1";
    }
  }
}

}  // namespace pktinfo_test
