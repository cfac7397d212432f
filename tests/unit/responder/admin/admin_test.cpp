#include "responder/admin/admin.hpp"

#include "tests/unit/responder/admin/running.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace admin_test {

using admin_running::Client;
using admin_running::closing;
using admin_running::get;
using admin_running::Running;
using admin_running::said;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using namespace thence;
using namespace std::chrono_literals;

TEST(AdminServer, Answers) {
  const Running server(test::example_status());
  const auto json = said(server, get("/status.json", closing));
  EXPECT_THAT(json, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Type: application/json\r\n"),
                          HasSubstr(R"("version":"1.2.3")"), HasSubstr(R"("peer":{"address":"127.0.0.1","port":)")));
  EXPECT_THAT(said(server, get("/metrics", closing)),
              AllOf(HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
                    HasSubstr("\nthence_workers 2\n")));
  EXPECT_THAT(said(server, get("/", closing)), AllOf(HasSubstr("Content-Type: text/html; charset=utf-8\r\n"),
                                                     HasSubstr("script-src 'sha256-"), HasSubstr("<!doctype html>")));
  EXPECT_THAT(said(server, get("/health/live?verbose=1", closing)), testing::EndsWith("\r\n\r\nlive\n"));
}

TEST(AdminServer, HealthHasReasons) {
  Status status;
  {
    const Running server(status);
    EXPECT_THAT(said(server, get("/health/ready", closing)),
                AllOf(StartsWith("HTTP/1.1 200 "), testing::EndsWith("\nready\n")));
  }
  status.ready = status.live = false;
  status.not_ready = {"udp 0.0.0.0:53 is not open", "line\nbreak"};
  const Running server(status);
  EXPECT_THAT(
      said(server, get("/health/ready", closing)),
      AllOf(StartsWith("HTTP/1.1 503 "), testing::EndsWith("\r\n\r\nudp 0.0.0.0:53 is not open\nline\\x0abreak\n")));
  EXPECT_THAT(said(server, get("/health/live", closing)), StartsWith("HTTP/1.1 503 "));
}

TEST(AdminServer, WhatIsNotThereGetsAHint) {
  const Running server(test::example_status());
  for (const auto* const path : {"/nothing", "//", "/metrics/", "/../etc/passwd", "/health", "/%00"}) {
    EXPECT_THAT(said(server, get(path, closing)),
                AllOf(StartsWith("HTTP/1.1 404 Not Found\r\n"), HasSubstr("/health/ready\n"), HasSubstr("/metrics\n")));
  }
}

TEST(AdminServer, AnAnswerMayComeLater) {
  std::vector<std::function<void(const Status&)>> waiting;
  Running server([&](std::function<void(const Status&)> done) { waiting.push_back(std::move(done)); });
  Client client(server);
  client.send(get("/health/live"));
  std::this_thread::sleep_for(50ms);
  boost::asio::post(server.context(), [&] { std::exchange(waiting, {}).at(0)({}); });
  EXPECT_THAT(client.answer(), testing::EndsWith("live\n"));
}

TEST(AdminServer, AnAnswerThatNeverComes) {
  std::vector<std::function<void(const Status&)>> waiting;
  admin::HttpLimits limits;
  limits.patience = 100ms;
  Running server([&](std::function<void(const Status&)> done) { waiting.push_back(std::move(done)); }, limits);
  EXPECT_THAT(said(server, get("/health/live")), AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("no answer in time")));
  // Too late, and once more: nobody is there to hear it.
  boost::asio::post(server.context(), [&] { waiting.at(0)({}); });
  EXPECT_THAT(said(server, get("/health/live")), StartsWith("HTTP/1.1 503 "));
}

TEST(AdminServer, StatusesThatNobodyMakesHaveABound) {
  std::vector<std::function<void(const Status&)>> waiting;
  admin::HttpLimits limits;
  limits.patience = 20ms;
  Running server([&](std::function<void(const Status&)> done) { waiting.push_back(std::move(done)); }, limits);
  for (int i = 0; i < 80; ++i) EXPECT_THAT(said(server, get("/health/live")), StartsWith("HTTP/1.1 503 "));
  std::promise<std::size_t> held;
  boost::asio::post(server.context(), [&] {
    held.set_value(waiting.size());
    waiting.clear();
  });
  EXPECT_EQ(held.get_future().get(), 64U);
  said(server, get("/health/live"));
  boost::asio::post(server.context(), [&] { EXPECT_EQ(waiting.size(), 1U); });
}

}  // namespace admin_test
