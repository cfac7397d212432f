#include "responder/probe/host_port.hpp"

#include "tests/unit/responder/probe/failures.hpp"

#include <gtest/gtest.h>

namespace host_port_test {

using boost::asio::ip::make_address;
using probe_failures::failure_of;
using namespace thence;
using namespace thence::probe;

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

}  // namespace host_port_test
