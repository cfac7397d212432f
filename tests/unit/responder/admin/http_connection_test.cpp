#include "responder/admin/http_connection.hpp"

#include "tests/unit/responder/admin/running.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace http_connection_test {

using admin_running::Client;
using admin_running::closing;
using admin_running::get;
using admin_running::Running;
using admin_running::said;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace thence;
using namespace std::chrono_literals;

TEST(AdminServer, EveryAnswerHasTheSecurityFields) {
  const Running server(test::example_status());
  for (const auto& request :
       {get("/", closing), get("/metrics", closing), get("/nothing", closing), std::string("x\r\n\r\n")}) {
    EXPECT_THAT(
        said(server, request),
        AllOf(HasSubstr("Cache-Control: no-store\r\n"), HasSubstr("X-Content-Type-Options: nosniff\r\n"),
              HasSubstr("Content-Security-Policy: default-src 'none'; "), HasSubstr("Referrer-Policy: no-referrer\r\n"),
              HasSubstr("X-Frame-Options: DENY\r\n"), HasSubstr("Cross-Origin-Resource-Policy: same-origin\r\n"),
              HasSubstr("\r\nDate: "), Not(HasSubstr("Access-Control"))));
  }
}

TEST(AdminServer, HeadIsGetWithoutTheBody) {
  const Running server(test::example_status());
  const auto full = said(server, get("/metrics", closing));
  auto head = get("/metrics", closing);
  head.replace(0, 3, "HEAD");
  const auto length = std::to_string(full.size() - full.find("\r\n\r\n") - 4);
  EXPECT_THAT(said(server, head),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: " + length + "\r\n"),
                    testing::EndsWith("\r\n\r\n")));
}

TEST(AdminServer, OtherMethodsAreNotAllowed) {
  const Running server(test::example_status());
  for (const auto* const method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "X"}) {
    EXPECT_THAT(said(server, std::string(method) + " / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("Allow: GET, HEAD\r\n")))
        << method;
  }
}

TEST(AdminServer, BadRequestsGetStrictAnswersAndAreClosed) {
  const Running server(test::example_status());
  const std::string host = "Host: localhost\r\n";
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\x16\x03\x01\x02 TLS\r\n\r\n", "400"},
      {"GET\r\n\r\n", "400"},
      {"GET / HTTP/2.0\r\n" + host + "\r\n", "505"},
      {"GET / HTTP/9\r\n\r\n", "505"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},  // no Host
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n" + host + "bad field\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello", "413"},
      {"GET / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551615\r\n\r\n", "413"},
      {"GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "413"},
      {"GET http://localhost/ HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"GET * HTTP/1.1\r\n" + host + "\r\n", "400"},
      {"GET / HTTP/1.1\r\n" + host + "X: " + std::string(9000, 'x') + "\r\n\r\n", "431"},
      {"GET /" + std::string(9000, 'x') + " HTTP/1.1\r\n" + host + "\r\n", "431"},
      {std::string(100'000, 'x'), "4"},
  };
  for (const auto& [request, status] : cases) {
    const auto answer = said(server, request);
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 " + status), HasSubstr("Connection: close\r\n")))
        << request.substr(0, 80);
    EXPECT_THAT(answer, Not(testing::EndsWith("reset"))) << request.substr(0, 80);
  }
  EXPECT_THAT(said(server, get("/health/live", closing)), StartsWith("HTTP/1.1 200 "));
}

TEST(AdminServer, AConnectionStaysForMoreRequests) {
  const Running server(test::example_status());
  Client client(server);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(client.send(get("/health/live")).answer(), testing::EndsWith("\r\n\r\nlive\n"));
  }
  EXPECT_THAT(client.send(get("/nothing")).answer(), StartsWith("HTTP/1.1 404 "));
  client.send(get("/health/live") + get("/health/ready") + get("/health/live", closing));  // without waiting
  EXPECT_THAT(client.answer(), testing::EndsWith("\r\n\r\nlive\n"));
  EXPECT_THAT(client.answer(), testing::EndsWith("\r\n\r\nready\n"));
  EXPECT_THAT(client.rest(), testing::EndsWith("\r\n\r\nlive\n"));
}

TEST(AdminServer, OldClients) {
  const Running server(test::example_status());
  EXPECT_THAT(said(server, "GET /health/live HTTP/1.0\r\n\r\n"), testing::EndsWith("\r\n\r\nlive\n"));
  Client client(server);
  client.send("GET /health/live HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.answer(), AllOf(HasSubstr("Connection: keep-alive\r\n"), testing::EndsWith("\r\n\r\nlive\n")));
}

TEST(AdminServer, ASlowClientIsNotWaitedFor) {
  admin::HttpLimits limits;
  limits.patience = 200ms;
  const Running server(test::example_status(), limits);
  const auto began = std::chrono::steady_clock::now();
  Client silent(server);
  Client slow(server);
  slow.send("GET / HT");
  EXPECT_EQ(silent.rest(), "");
  EXPECT_EQ(slow.rest(), "");
  Client dripping(server);
  std::thread drip([&] {
    for (int i = 0; i < 20; ++i) {
      dripping.send("x");
      std::this_thread::sleep_for(50ms);
    }
  });
  dripping.rest();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
  drip.join();
}

TEST(AdminServer, AClientThatTakesNothingIsNotWaitedFor) {
  admin::HttpLimits limits;
  limits.patience = 200ms;
  limits.connections = 1;
  const Running server(test::long_status(), limits);
  Client greedy(server);
  greedy.send(get("/metrics"));
  // There is room for one connection alone.
  std::string answer;
  for (int i = 0; i < 50 && !answer.starts_with("HTTP/1.1 200 "); ++i) {
    std::this_thread::sleep_for(100ms);
    answer = said(server, get("/health/live", closing));
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
}

}  // namespace http_connection_test
