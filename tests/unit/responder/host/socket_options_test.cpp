#include "responder/host/socket_options.hpp"

#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/read.hpp>
#include <gtest/gtest.h>

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
}

}  // namespace socket_options_test
