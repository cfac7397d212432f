#include "responder/log/deadline.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

namespace deadline_test {

using namespace std::chrono_literals;
using thence::log::Deadline;

namespace {

void end_late() {
  const Deadline deadline(1s, 7);
  std::this_thread::sleep_for(10s);
}

void end_in_time() {
  { const Deadline deadline(1s, 7); }
  std::this_thread::sleep_for(1500ms);
  std::_Exit(0);
}

}  // namespace

TEST(DeadlineDeathTest, WhoWaitsForTooLongEnds) { EXPECT_EXIT(end_late(), testing::ExitedWithCode(7), ""); }

TEST(DeadlineDeathTest, WhoIsDoneInTimeGoesOn) { EXPECT_EXIT(end_in_time(), testing::ExitedWithCode(0), ""); }

}  // namespace deadline_test
