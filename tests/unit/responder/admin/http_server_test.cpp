#include "responder/admin/http_server.hpp"

#include "tests/unit/responder/admin/running.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace http_server_test {

using admin_running::any_port;
using admin_running::Client;
using admin_running::closing;
using admin_running::get;
using admin_running::Running;
using admin_running::said;
using boost::asio::ip::tcp;
using testing::StartsWith;
using namespace thence;
using namespace std::chrono_literals;

TEST(AdminServer, TheConnectionThatHasBeenReadingLongestGivesWay) {
  const Running server(test::example_status());
  const auto share = admin::HttpLimits().connections / 2;
  std::deque<Client> reading;
  for (std::size_t i = 0; i < share + 8; ++i) {
    reading.emplace_back(server).send("G");
    EXPECT_THAT(said(server, get("/health/live", closing)), StartsWith("HTTP/1.1 200 ")) << i;
  }
  for (std::size_t i = 0; i < 8; ++i) EXPECT_THAT(reading[i].rest(), testing::AnyOf("", "reset")) << i;
  EXPECT_THAT(reading.back().send("ET / HTTP/1.1\r\nHost: localhost\r\n\r\n").answer(), StartsWith("HTTP/1.1 200 "));
}

TEST(AdminServer, OneClientCannotHaveAllConnections) {
  const Running server(test::example_status());
  Client other(server, "127.0.0.2");
  EXPECT_THAT(other.send(get("/health/live")).answer(), StartsWith("HTTP/1.1 200 "));
  std::deque<Client> greedy;
  for (std::size_t i = 0; i < 2 * admin::HttpLimits().connections; ++i) greedy.emplace_back(server).send("G");
  EXPECT_THAT(greedy.front().rest(), testing::AnyOf("", "reset"));
  EXPECT_THAT(other.send(get("/health/live")).answer(), StartsWith("HTTP/1.1 200 "));
}

TEST(AdminServer, AnAnswerThatIsNotTakenGivesWay) {
  admin::HttpLimits limits;
  limits.connections = 1;
  const Running server(test::long_status(), limits);
  Client greedy(server);
  greedy.send(get("/metrics"));
  std::this_thread::sleep_for(100ms);
  EXPECT_THAT(said(server, get("/health/live", closing)), StartsWith("HTTP/1.1 200 "));
}

TEST(AdminServer, AnIdleConnectionMakesRoom) {
  const Running server(test::example_status());
  std::deque<Client> idle;
  for (std::size_t i = 0; i < admin::HttpLimits().connections; ++i) {
    EXPECT_THAT(idle.emplace_back(server).send(get("/health/live")).answer(), StartsWith("HTTP/1.1 200 "));
  }
  std::this_thread::sleep_for(50ms);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(said(server, get("/health/live", closing)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(idle.back().send(get("/health/live")).answer(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(idle.front().rest(), "");
}

TEST(AdminServer, MayGoAtAnyTime) {
  std::vector<std::function<void(const Status&)>> waiting;
  std::atomic<bool> asked = false;
  Running server([&](std::function<void(const Status&)> done) {
    waiting.push_back(std::move(done));
    asked = true;
  });
  Client asking(server);
  Client half(server);
  Client idle(server);
  asking.send(get("/"));
  half.send("GET ");
  while (!asked) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(50ms);
  server.destroy();
  boost::asio::post(server.context(), [&] { waiting.at(0)({}); });
  EXPECT_EQ(idle.rest(), "");
  asking.rest();
  half.rest();
  EXPECT_THROW(Client{server}, boost::system::system_error);
}

TEST(AdminServer, SaysWhereItCannotListen) {
  const Running server(test::example_status());
  boost::asio::io_context context;
  EXPECT_THROW(Admin(context, server.endpoint(), {}), boost::system::system_error);
}

TEST(AdminServer, OnlyWhatReplacesItMayHaveItsPortOnMoreAddresses) {
  boost::asio::io_context context;
  const auto gather = [](const auto&) {};
  Admin first(context, any_port, gather);
  const tcp::endpoint everywhere(boost::asio::ip::address_v4::any(), first.endpoint().port());
  EXPECT_THROW(Admin(context, everywhere, gather), boost::system::system_error);
  const Admin second(context, everywhere, gather, {}, &first);
  EXPECT_EQ(second.endpoint(), everywhere);
  EXPECT_THROW(Admin(context, everywhere, gather), boost::system::system_error);
  EXPECT_THROW(Admin(context, first.endpoint(), gather), boost::system::system_error);
}

}  // namespace http_server_test
