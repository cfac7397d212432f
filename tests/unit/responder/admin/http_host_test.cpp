#include "responder/admin/http_host.hpp"

#include "tests/unit/responder/admin/running.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace http_host_test {

using admin_running::Running;
using admin_running::said;
using testing::StartsWith;
using namespace thence;
using namespace std::chrono_literals;

TEST(AdminServer, NamesThatStrangersMayOwnAreNoHosts) {
  for (const auto* const host : {"localhost", "LocalHost:9553", "x.localhost", "127.0.0.1", "127.0.0.1:80",
                                 "[::1]:9553", "[::1]", "192.0.2.1"}) {
    EXPECT_TRUE(admin::names_no_stranger(host)) << host;
  }
  for (const auto* const host :
       {"", ":", "[", "]", "[]", "example.com", "localhost.example.com", "xlocalhost", "127.0.0.1.example"}) {
    EXPECT_FALSE(admin::names_no_stranger(host)) << host;
  }
  const Running server(test::example_status());
  EXPECT_THAT(said(server, "GET / HTTP/1.1\r\nHost: rebound.example:9553\r\n\r\n"), StartsWith("HTTP/1.1 421 "));
}

}  // namespace http_host_test
