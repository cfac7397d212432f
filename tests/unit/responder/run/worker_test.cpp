#include "responder/run/worker.hpp"

#include "responder/configuration/registry.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/interface_monitor.hpp"

#include <future>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace worker_test {

/// The contract as a protocol sees it, shown by the toy protocol on one running worker and real sockets on loopback.
using namespace thence;
namespace asio = boost::asio;
namespace ip = boost::asio::ip;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t port = 15701;
constexpr std::uint16_t other_port = 15702;

class ToyWorker : public testing::Test {
 protected:
  ToyWorker()
      : snapshot_(load_toy()),
        worker_(snapshot_, read_interfaces()),
        sockets_({worker_.executor()}, host_families(), {}) {
    worker_.open(change_of(snapshot_), snapshot_.settings.listeners);
    worker_.start();
  }
  ~ToyWorker() override { worker_.stop(); }

  static Snapshot load_toy(const std::string& section = "{}", const Snapshot* before = nullptr) {
    return load(
        config::Document::parse(
            "test",
            "toy: " + section +
                "\nlisteners: [{port: 15701, protocols: [toy, dns, stun]}, {port: 15702, protocols: [toy]}]\n"
                "dns: {zones: [{name: t, records: ['@ 60 SOA a b 1 2 3 4 5', '@ 60 NS a', 'a 60 A 192.0.2.1']}]}\n"
                "tcp: {idle: 1s, unsent: 1KiB}\n"),
        before);
  }

  /// Reads the toy's section anew and puts it in the place of what is served.
  void reload(const std::string& section) {
    auto now = load_toy(section, &snapshot_);
    std::promise<void> done;
    worker_.snapshot_changed(now, change_of(now), [&] { done.set_value(); });
    done.get_future().wait();
    snapshot_ = std::move(now);
  }

  /// What the worker has to do about its sockets to serve a snapshot.
  SocketChange change_of(const Snapshot& snapshot) {
    auto prepared = sockets_.prepare(snapshot.settings.listeners, read_interfaces());
    EXPECT_THAT(prepared.refusals, testing::IsEmpty());
    return std::move(sockets_.take(std::move(prepared)).front());
  }

  struct Heard {
    std::string text;
    Endpoint from;
  };

  /// Asks from an unconnected socket. @return nothing when there is no answer within half a second
  std::optional<Heard> ask(const std::string& line, const char* address, std::uint16_t to_port = port) {
    asio::io_context context;
    const auto destination = ip::make_address(address);
    ip::udp::socket socket(context, {destination.is_v4() ? ip::udp::v4() : ip::udp::v6(), 0});
    socket.send_to(asio::buffer(line), {destination, to_port});
    std::optional<Heard> heard;
    char text[512];
    Endpoint from;
    socket.async_receive_from(asio::buffer(text), from, [&](boost::system::error_code error, std::size_t size) {
      if (!error) heard = Heard{std::string(text, size), from};
    });
    context.run_for(500ms);
    return heard;
  }

  std::uint64_t counter(const std::string& name) {
    std::promise<std::uint64_t> value;
    worker_.report([&](const WorkerReport& report) {
      std::uint64_t found = 0;
      for (const auto& each : report.counters) found = each.name == name ? each.value : found;
      value.set_value(found);
    });
    return value.get_future().get();
  }

  /// How long it takes until nothing is owed to anybody.
  std::chrono::milliseconds drain() {
    std::promise<void> drained;
    const auto began = std::chrono::steady_clock::now();
    worker_.drain([&] { drained.set_value(); });
    drained.get_future().wait();
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  }

  Snapshot snapshot_;
  Worker worker_;
  ListeningSockets sockets_;
};

std::string framed(const std::string& line) {
  return std::string{static_cast<char>(line.size() >> 8U), static_cast<char>(line.size() & 0xffU)} + line;
}

}  // namespace

TEST_F(ToyWorker, ARequestKnowsPeerLocalAddressAndInterface) {
  for (const auto* const address : {"127.0.0.1", "127.4.5.6", "::1"}) {
    const auto heard = ask("toy where", address);
    ASSERT_TRUE(heard) << address;
    const Endpoint asked(ip::make_address(address), port);
    EXPECT_EQ(heard->from, asked);
    std::ostringstream local;
    local << ' ' << asked << " lo";
    EXPECT_THAT(heard->text, testing::EndsWith(local.str()));
  }
}

TEST_F(ToyWorker, AReplyMayLeaveFromAnotherPortOfTheSameWorker) {
  const auto heard = ask("toy from " + std::to_string(other_port), "127.4.5.6");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->text, "here");
  EXPECT_EQ(heard->from, Endpoint(ip::make_address("127.4.5.6"), other_port));
}

TEST_F(ToyWorker, AReplyFromAPortThatIsNotServedIsNotSentAtAll) {
  EXPECT_FALSE(ask("toy from 9", "127.4.5.6"));
  EXPECT_EQ(counter("udp.dropped.not-served"), 1U);
  EXPECT_EQ(counter("udp.answered"), 0U);
}

TEST_F(ToyWorker, ADeferredReplyLeavesLaterFromTheAddressAsked) {
  for (const auto* const address : {"127.4.5.6", "::1"}) {
    const auto heard = ask("toy later 50", address);
    ASSERT_TRUE(heard) << address;
    EXPECT_EQ(heard->text, "now");
    EXPECT_EQ(heard->from, Endpoint(ip::make_address(address), port));
  }
  EXPECT_EQ(counter("udp.deferred"), 2U);
}

TEST_F(ToyWorker, OnASharedPortEachProtocolGetsItsOwn) {
  EXPECT_EQ(ask("toy what", "127.0.0.1")->text, "what?");
  for (const auto& plugin : plugins()) {
    if (plugin.name == "toy") continue;
    const auto probe = plugin.probe(7);
    const std::string request(reinterpret_cast<const char*>(probe.data()), probe.size());
    const auto heard = ask(request, "127.0.0.1");
    ASSERT_TRUE(heard) << plugin.name;
    EXPECT_TRUE(plugin.answers(probe, std::as_bytes(std::span(heard->text)))) << plugin.name;
  }
  EXPECT_FALSE(ask("nobody's", "127.0.0.1"));
  EXPECT_EQ(counter("udp.dropped.unclaimed"), 1U);
}

TEST_F(ToyWorker, OnAPortOfItsOwnAProtocolGetsEverything) {
  EXPECT_FALSE(ask("nobody's", "127.0.0.1", other_port));
  EXPECT_EQ(counter("toy.puzzled"), 1U);
}

TEST_F(ToyWorker, TcpPipelinesAndDefersOnTheSameConnection) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.4.5.6"), port});
  asio::write(socket, asio::buffer(framed("toy later 100") + framed("toy what") + framed("toy where")));
  socket.shutdown(ip::tcp::socket::shutdown_send);
  std::string all;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(all), end);
  EXPECT_EQ(end, asio::error::eof);
  EXPECT_THAT(all, testing::StartsWith(framed("what?")));
  EXPECT_THAT(all, testing::HasSubstr(" 127.4.5.6:15701 lo"));
  EXPECT_THAT(all, testing::EndsWith(framed("now"))) << "the end of the requests does not cut off a deferred reply";
}

TEST_F(ToyWorker, ADeferredReplyMayBeSentFromWithinRespond) {
  for (const auto* const address : {"127.4.5.6", "::1"}) EXPECT_EQ(ask("toy at once", address)->text, "now");
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  asio::write(socket, asio::buffer(framed("toy at once") + framed("toy what") + framed("toy at once")));
  socket.shutdown(ip::tcp::socket::shutdown_send);
  std::string all;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(all), end);
  EXPECT_EQ(end, asio::error::eof);
  EXPECT_EQ(all, framed("now") + framed("what?") + framed("now"));
}

TEST_F(ToyWorker, WhatWasSentFromWithinRespondIsOwedNoMore) {
  for (const auto* const address : {"127.4.5.6", "::1"}) EXPECT_EQ(ask("toy at once", address)->text, "now");
  EXPECT_EQ(counter("udp.deferred"), 2U);
  EXPECT_LT(drain(), 2s) << "nobody waits for anything";
}

TEST_F(ToyWorker, AnEndWaitsForWhatIsDeferred) {
  auto deferred = std::async(std::launch::async, [this] { return ask("toy later 300", "127.4.5.6"); });
  while (counter("udp.deferred") == 0) std::this_thread::sleep_for(1ms);
  EXPECT_GT(drain(), 100ms);
  EXPECT_EQ(deferred.get()->text, "now");
}

TEST_F(ToyWorker, ADeferralThatEndsWithoutASendIsCountedAndOwedNoMore) {
  EXPECT_FALSE(ask("toy never", "127.4.5.6"));
  EXPECT_EQ(counter("udp.deferred"), 1U);
  EXPECT_EQ(counter("udp.dropped.given-up"), 1U);
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  asio::write(socket, asio::buffer(framed("toy never") + framed("toy what")));
  socket.shutdown(ip::tcp::socket::shutdown_send);
  std::string all;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(all), end);
  EXPECT_EQ(end, asio::error::eof) << "the connection does not wait for it";
  EXPECT_EQ(all, framed("what?"));
  EXPECT_EQ(counter("tcp.dropped.given-up"), 1U);
  EXPECT_LT(drain(), 2s);
}

TEST_F(ToyWorker, WhatIsStillDeferredWhenTheWorkerEndsTouchesNothingThatIsGone) {
  auto udp = std::async(std::launch::async, [this] { return ask("toy later 60000", "127.4.5.6"); });
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  asio::write(socket, asio::buffer(framed("toy later 60000")));
  while (counter("udp.deferred") + counter("tcp.deferred") < 2) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(udp.get());
  // The fixture destroys the worker, whose timers hold both: the sanitizer looks on.
}

TEST_F(ToyWorker, ATcpConnectionWaitsForABoundedNumberOfReplies) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += framed("toy later 300");
  asio::write(socket, asio::buffer(flood));
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(counter("tcp.deferred"), 64U);
  std::string all(5 * 64 * 2, '\0');
  EXPECT_EQ(asio::read(socket, asio::buffer(all)), all.size()) << "when these are answered, more are read";
}

TEST_F(ToyWorker, ADeferredReplyToAClosedConnectionIsCounted) {
  {
    asio::io_context context;
    ip::tcp::socket socket(context);
    socket.connect({ip::make_address("127.0.0.1"), port});
    asio::write(socket, asio::buffer(framed("toy later 300")));
    std::this_thread::sleep_for(50ms);
    socket.set_option(asio::socket_base::linger(true, 0));
    socket.close();  // a reset: the destructor would end the connection politely
  }
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(counter("tcp.deferred"), 1U);
  EXPECT_EQ(counter("tcp.dropped.connection-gone"), 1U);
}

TEST_F(ToyWorker, ATcpStreamInSmallPiecesIsPutTogether) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  socket.set_option(ip::tcp::no_delay(true));
  for (const char each : framed("toy what")) {
    asio::write(socket, asio::buffer(&each, 1));
    std::this_thread::sleep_for(1ms);
  }
  std::string reply(7, '\0');
  asio::read(socket, asio::buffer(reply));
  EXPECT_EQ(reply, framed("what?"));
}

TEST_F(ToyWorker, WhatStandsBeforeNoiseInATcpStreamIsAnswered) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  asio::write(socket, asio::buffer(framed("toy what") + framed("toy later 100") + std::string(20, '\0')));
  std::string all;
  boost::system::error_code end;
  asio::read(socket, asio::dynamic_buffer(all), end);
  EXPECT_EQ(all, framed("what?") + framed("now"));
}

TEST_F(ToyWorker, AClientThatReadsSlowlyIsNotIdle) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.open(ip::tcp::v4());
  socket.set_option(asio::socket_base::receive_buffer_size(2048));
  socket.connect({ip::make_address("127.0.0.1"), port});
  constexpr std::size_t count = 40'000;
  std::thread asking([&] {
    std::string flood;
    for (std::size_t i = 0; i < count; ++i) flood += framed("toy what");
    boost::system::error_code ignored;
    asio::write(socket, asio::buffer(flood), ignored);
  });
  std::string all(count * framed("what?").size(), '\0');
  std::size_t read = 0;
  boost::system::error_code error;
  // Three times the idle time for the whole.
  for (int i = 0; i < 30 && !error; ++i) {
    std::this_thread::sleep_for(100ms);
    read +=
        asio::read(socket, asio::buffer(all.data() + read, std::min(all.size() / 30 + 1, all.size() - read)), error);
  }
  EXPECT_FALSE(error) << error.message();
  EXPECT_EQ(read, all.size());
  asking.join();
}

TEST_F(ToyWorker, ATcpStreamThatIsNobodysIsClosed) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  asio::write(socket, asio::buffer(std::string(20, '\0')));
  char byte = 0;
  boost::system::error_code error;
  EXPECT_EQ(socket.read_some(asio::buffer(&byte, 1), error), 0U);
  EXPECT_TRUE(error);
  EXPECT_EQ(counter("tcp.closed.not-a-message"), 1U);
}

TEST_F(ToyWorker, OtherServicesTakeOverAndTheCountersGoOn) {
  EXPECT_EQ(ask("toy what", "127.0.0.1")->text, "what?");
  reload("{ unknown: pardon }");
  EXPECT_EQ(ask("toy what", "127.0.0.1")->text, "pardon");
  EXPECT_EQ(ask("toy what", "127.0.0.1", other_port)->text, "pardon");
  EXPECT_EQ(counter("toy.puzzled"), 3U);
}

TEST_F(ToyWorker, ADeferredReplyOutlivesTheServiceThatItIsOf) {
  auto deferred = std::async(std::launch::async, [this] { return ask("toy later 200", "127.4.5.6"); });
  while (counter("udp.deferred") == 0) std::this_thread::sleep_for(1ms);
  reload("{ unknown: pardon }");
  EXPECT_EQ(ask("toy what", "127.0.0.1")->text, "pardon");
  const auto heard = deferred.get();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->text, "now");
  EXPECT_EQ(heard->from, Endpoint(ip::make_address("127.4.5.6"), port));
}

TEST_F(ToyWorker, ATcpConnectionStaysAndIsAnsweredByTheServicesThatTookOver) {
  asio::io_context context;
  ip::tcp::socket socket(context);
  socket.connect({ip::make_address("127.0.0.1"), port});
  std::string reply(7, '\0');
  asio::write(socket, asio::buffer(framed("toy what")));
  asio::read(socket, asio::buffer(reply));
  EXPECT_EQ(reply, framed("what?"));
  reload("{ unknown: sorry }");
  asio::write(socket, asio::buffer(framed("toy what")));
  asio::read(socket, asio::buffer(reply));
  EXPECT_EQ(reply, framed("sorry"));
}

}  // namespace worker_test
