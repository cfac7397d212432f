#include "responder/host/socket_options.hpp"

#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace socket_options_test {

using namespace thence;
namespace ip = boost::asio::ip;

TEST(SocketOptions, APortIsSharedByThoseThatAgree) {
  boost::asio::io_context context;
  ip::udp::socket first(context, ip::udp::v4());
  ASSERT_FALSE(socket_options::share_port(first.native_handle()));
  first.bind({ip::address_v4::loopback(), 0});
  ip::udp::socket second(context, ip::udp::v4());
  boost::system::error_code error;
  second.bind(first.local_endpoint(), error);
  EXPECT_EQ(error, boost::system::errc::address_in_use);
  ASSERT_FALSE(socket_options::share_port(second.native_handle()));
  second.bind(first.local_endpoint(), error);
  EXPECT_FALSE(error) << error.message();
}

TEST(SocketOptions, ADualStackSocketMayGetWhatIsSentToIpv4Groups) {
  boost::asio::io_context context;
  ip::udp::socket socket(context, ip::udp::v6());
  socket.set_option(ip::v6_only(false));
  EXPECT_FALSE(socket_options::receive_ipv4_groups(socket.native_handle()));
}

TEST(SocketOptions, AfterTheEndOfHandshakesNobodyConnects) {
  boost::asio::io_context context;
  ip::tcp::acceptor acceptor(context, {ip::address_v4::loopback(), 0});
  ip::tcp::socket before(context);
  before.connect(acceptor.local_endpoint());
  ASSERT_FALSE(socket_options::end_handshakes(acceptor.native_handle()));
  ip::tcp::socket after(context);
  boost::system::error_code error;
  after.connect(acceptor.local_endpoint(), error);
  EXPECT_EQ(error, boost::system::errc::connection_refused);
  EXPECT_EQ(acceptor.accept().remote_endpoint(), before.local_endpoint()) << "it was there before";
}

namespace {

int option(socket_options::Socket socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(socket, level, name, &value, &size), 0);
  return value;
}

}  // namespace

TEST(SocketOptions, APathMtuIsIgnoredForEachFamilyOfASocket) {
  boost::asio::io_context context;
  ip::udp::socket ipv4(context, ip::udp::v4());
  ASSERT_FALSE(socket_options::ignore_path_mtu(ipv4.native_handle()));
  EXPECT_EQ(option(ipv4.native_handle(), IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_OMIT);
  ip::udp::socket both(context, ip::udp::v6());
  both.set_option(ip::v6_only(false));
  ASSERT_FALSE(socket_options::ignore_path_mtu(both.native_handle()));
  EXPECT_EQ(option(both.native_handle(), IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_OMIT);
  EXPECT_EQ(option(both.native_handle(), IPPROTO_IPV6, IPV6_MTU_DISCOVER), IPV6_PMTUDISC_OMIT);
}

TEST(SocketOptions, AConnectionIsSteeredByTheInterfaceWhereItComesIn) {
  constexpr std::uint32_t lo = 1;
  boost::asio::io_context context;
  ip::tcp::acceptor first(context, ip::tcp::v4());
  ASSERT_FALSE(socket_options::share_port(first.native_handle()));
  first.bind({ip::address_v4::loopback(), 0});
  first.listen();
  ip::tcp::acceptor of_lo(context, ip::tcp::v4());
  ASSERT_FALSE(socket_options::share_port(of_lo.native_handle()));
  of_lo.bind(first.local_endpoint());
  of_lo.listen();
  const auto takes = [&](ip::tcp::acceptor& acceptor) {
    ip::tcp::socket client(context);
    client.connect(first.local_endpoint());
    acceptor.non_blocking(true);
    boost::system::error_code error;
    const auto accepted = acceptor.accept(error);
    return !error;
  };
  for (int i = 0; i < 8; ++i) {
    ASSERT_FALSE(socket_options::steer(first.native_handle(), 1, {}));
    EXPECT_TRUE(takes(first));
    const socket_options::Steered by_lo{lo, 1};
    ASSERT_FALSE(socket_options::steer(first.native_handle(), 1, {&by_lo, 1}));
    EXPECT_TRUE(takes(of_lo));
  }
  ASSERT_FALSE(socket_options::stop_listening(of_lo.native_handle()));
  EXPECT_TRUE(takes(first));
}

TEST(SocketOptions, WhatThePeerHasNotTakenIsKnown) {
  boost::asio::io_context context;
  ip::tcp::acceptor acceptor(context, {ip::address_v4::loopback(), 0});
  ip::tcp::socket client(context);
  client.open(ip::tcp::v4());
  client.set_option(boost::asio::socket_base::receive_buffer_size(4096));
  client.connect(acceptor.local_endpoint());
  auto served = acceptor.accept();
  EXPECT_EQ(socket_options::unacknowledged(served.native_handle()), 0U);
  served.non_blocking(true);
  const std::string octets(1024 * 1024, 'x');
  const auto sent = served.write_some(boost::asio::buffer(octets));
  const auto left = socket_options::unacknowledged(served.native_handle());
  ASSERT_TRUE(left);
  EXPECT_GT(*left, 0U);
  EXPECT_LE(*left, sent);
  std::string taken(sent, '\0');
  boost::asio::read(client, boost::asio::buffer(taken));
  EXPECT_LT(*socket_options::unacknowledged(served.native_handle()), *left);
}

TEST(SocketOptions, WhatTheSystemSaysIsReturned) {
  EXPECT_FALSE(socket_options::unacknowledged(-1));
  EXPECT_EQ(socket_options::share_port(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::transparent(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::receive_ipv4_groups(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::end_handshakes(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::bind_to_device(-1, 1), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::ignore_path_mtu(-1), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::steer(-1, 1, {}), std::errc::bad_file_descriptor);
  EXPECT_EQ(socket_options::stop_listening(-1), std::errc::bad_file_descriptor);
}

}  // namespace socket_options_test
