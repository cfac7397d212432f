#include "responder/probe/progress_bar.hpp"

#include <gtest/gtest.h>

namespace progress_bar_test {

TEST(ProbeProgressBar, WritesNothingWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    thence::probe::ProgressBar bar;
    bar.show(0.5, "half");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace progress_bar_test
