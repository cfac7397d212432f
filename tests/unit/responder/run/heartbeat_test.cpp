#include "responder/run/heartbeat.hpp"

#include <chrono>

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace heartbeat_test {

using namespace std::chrono_literals;
using thence::Heartbeat;

TEST(Heartbeat, AsksEachWorkerOnceUntilItAnswers) {
  boost::asio::io_context control;
  boost::asio::io_context one;
  boost::asio::io_context other;
  int beats = 0;
  Heartbeat heartbeat(control, {one.get_executor(), other.get_executor()}, 1ms, [&] { ++beats; });
  EXPECT_TRUE(heartbeat.live()) << "nobody was asked yet";
  heartbeat.start();
  const auto beat = [&] {
    const auto before = beats;
    while (beats == before) control.run_one();
  };
  beat();
  beat();
  EXPECT_EQ(one.poll(), 1U) << "it does not answer, so it is not asked again";
  one.restart();
  beat();
  beat();
  EXPECT_EQ(one.poll(), 1U) << "it has answered";
  EXPECT_EQ(other.poll(), 1U);
  EXPECT_TRUE(heartbeat.live()) << "an answer may take its time";
}

}  // namespace heartbeat_test
