#include "responder/admin/http_get.hpp"

#include "tests/unit/responder/admin/running.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace http_get_test {

using admin_running::any_port;
using admin_running::Running;
using boost::asio::ip::tcp;
using namespace thence;
using namespace std::chrono_literals;

TEST(HttpGet, AsksAServer) {
  const Running server(test::example_status());
  const auto answer = admin::get(server.endpoint(), "/health/ready", 1s);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.body, "ready\n");
  EXPECT_EQ(admin::get(server.endpoint(), "/nothing", 1s).status, 404U);
}

TEST(HttpGet, DoesNotWaitForEver) {
  boost::asio::io_context context;
  tcp::acceptor silent(context, any_port);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THROW(admin::get(silent.local_endpoint(), "/", 100ms), boost::system::system_error);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  const auto nobody = silent.local_endpoint();
  silent.close();
  EXPECT_THROW(admin::get(nobody, "/", 1s), boost::system::system_error);
}

}  // namespace http_get_test
