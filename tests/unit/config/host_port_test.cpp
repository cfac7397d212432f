#include "config/host_port.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace host_port_test {

using thence::config::split_host_port;

namespace {

std::string split(std::string_view text) {
  try {
    const auto [host, port, bracketed] = split_host_port(text);
    return (bracketed ? '[' + std::string(host) + ']' : std::string(host)) +
           (port ? " port " + std::to_string(*port) : "");
  } catch (const std::invalid_argument& mistake) {
    return mistake.what();
  }
}

TEST(HostPort, IsTakenApart) {
  EXPECT_EQ(split("stun.example.org"), "stun.example.org");
  EXPECT_EQ(split("stun.example.org:3478"), "stun.example.org port 3478");
  EXPECT_EQ(split("192.0.2.1:65535"), "192.0.2.1 port 65535");
  EXPECT_EQ(split("2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(split("[2001:db8::1]"), "[2001:db8::1]");
  EXPECT_EQ(split("[fe80::1%eth0]:1"), "[fe80::1%eth0] port 1");
  EXPECT_EQ(split(""), "");
}

TEST(HostPort, SaysWhatIsWrong) {
  for (const auto* const each : {"a:", "a:0", "a:65536", "a:x", "a:1x", "a:-1", "a: 1", "[::1]:", "[::1]:0"}) {
    EXPECT_EQ(split(each), "the port is a number from 1 to 65535") << each;
  }
  EXPECT_EQ(split("[::1"), "the bracket is not closed");
  EXPECT_EQ(split("[::1]53"), "behind the bracket only :PORT can stand");
}

}  // namespace

}  // namespace host_port_test
