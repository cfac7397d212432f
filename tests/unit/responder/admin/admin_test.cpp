#include "responder/admin/admin.hpp"

#include "responder/admin/http_get.hpp"
#include "responder/admin/http_host.hpp"
#include "tests/unit/responder/admin/status.hpp"

#include <deque>
#include <future>
#include <optional>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace thence;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

const tcp::endpoint any_port(boost::asio::ip::address_v4::loopback(), 0);

/// An Admin on a thread of its own.
class Running {
 public:
  explicit Running(Admin::Gather gather, const admin::HttpLimits& limits = {})
      : admin_(std::in_place, context_, any_port, std::move(gather), limits),
        endpoint_(admin_->endpoint()),
        thread_([this] { context_.run(); }) {}
  explicit Running(Status status, const admin::HttpLimits& limits = {})
      : Running([status = std::move(status)](const auto& done) { done(status); }, limits) {}
  ~Running() {
    destroy();
    work_.reset();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// Destroys the Admin while the context runs.
  void destroy() {
    std::promise<void> done;
    boost::asio::post(context_, [&] {
      admin_.reset();
      done.set_value();
    });
    done.get_future().wait();
  }

  const tcp::endpoint& endpoint() const { return endpoint_; }
  boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(context_);
  std::optional<Admin> admin_;
  tcp::endpoint endpoint_;
  std::thread thread_;
};

/// A client that sends what it is told to, and reads what comes.
class Client {
 public:
  explicit Client(const Running& server) { socket_.connect(server.endpoint()); }

  Client& send(std::string_view octets) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(octets), ignored);
    return *this;
  }

  /// All until the server closes the connection; `reset` behind it where it does so rudely.
  std::string rest() {
    boost::system::error_code error;
    boost::asio::read(socket_, boost::asio::dynamic_buffer(text_), error);
    return std::exchange(text_, {}) + (error == boost::asio::error::eof ? "" : "reset");
  }

  /// The header of one answer, and its body.
  std::string answer() {
    const auto header = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(text_), "\r\n\r\n");
    const auto at = text_.find("Content-Length: ");
    const auto whole = header + std::stoul(text_.substr(at + 16));
    while (text_.size() < whole)
      boost::asio::read(socket_, boost::asio::dynamic_buffer(text_), boost::asio::transfer_at_least(1));
    auto result = text_.substr(0, whole);
    text_.erase(0, whole);
    return result;
  }

 private:
  boost::asio::io_context context_;
  tcp::socket socket_{context_};
  std::string text_;
};

std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

/// What the server says before it closes the connection.
std::string said(const Running& server, std::string_view octets) { return Client(server).send(octets).rest(); }

const std::string closing = "Connection: close\r\n";

}  // namespace

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

TEST(AdminServer, WhatIsNotThereGetsAHint) {
  const Running server(test::example_status());
  for (const auto* const path : {"/nothing", "//", "/metrics/", "/../etc/passwd", "/health", "/%00"}) {
    EXPECT_THAT(said(server, get(path, closing)),
                AllOf(StartsWith("HTTP/1.1 404 Not Found\r\n"), HasSubstr("/health/ready\n"), HasSubstr("/metrics\n")));
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
  auto status = test::example_status();
  for (int i = 0; i < 100'000; ++i) status.counters["dns." + std::to_string(i)] = 1;
  const Running server(status, limits);
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

TEST(AdminServer, ConnectionsHaveABound) {
  const Running server(test::example_status());
  std::deque<Client> busy;
  for (std::size_t i = 0; i < admin::HttpLimits().connections; ++i) busy.emplace_back(server).send("GET / ");
  std::this_thread::sleep_for(100ms);
  EXPECT_THAT(said(server, get("/health/live", closing)), testing::AnyOf("", "reset"));
  busy.pop_back();
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

TEST(AdminServer, MayGoAtAnyTime) {
  std::vector<std::function<void(const Status&)>> waiting;
  Running server([&](std::function<void(const Status&)> done) { waiting.push_back(std::move(done)); });
  Client asking(server);
  Client half(server);
  Client idle(server);
  asking.send(get("/"));
  half.send("GET ");
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
