#include "responder/host/signals.hpp"

#include <csignal>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace signals_test {

using namespace thence;
using testing::ElementsAre;

TEST(Signals, AreToldOneByOneByTheirMeaning) {
  boost::asio::io_context context;
  Signals signals(context, {Signal::interrupt, Signal::terminate, Signal::reload, Signal::counters});
  std::vector<std::string_view> told;
  for (const int number : {SIGHUP, SIGUSR1, SIGINT, SIGTERM}) {
    signals.wait([&](Signal signal) { told.push_back(name(signal)); });
    std::raise(number);
    context.run();
    context.restart();
  }
  EXPECT_THAT(told, ElementsAre("SIGHUP", "SIGUSR1", "SIGINT", "SIGTERM"));
}

TEST(Signals, MayBeKeptInMindOrIgnored) {
  ignore(Signal::counters);
  keep_in_mind(Signal::reload);
  EXPECT_FALSE(has_come(Signal::reload));
  std::raise(SIGUSR1);
  std::raise(SIGHUP);
  EXPECT_TRUE(has_come(Signal::reload));
  EXPECT_FALSE(has_come(Signal::counters));
  std::signal(SIGUSR1, SIG_DFL);
  std::signal(SIGHUP, SIG_DFL);
}

}  // namespace signals_test
