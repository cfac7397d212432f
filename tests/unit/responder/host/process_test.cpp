#include "responder/host/process.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace process_test {

using namespace thence;

TEST(Process, HasANumberAndAProgram) {
  EXPECT_GT(process::id(), 0);
  EXPECT_EQ(process::program_of(process::id()), "responder_test");
}

TEST(Process, ThatIsNotThereHasNoProgramAndCannotBeAsked) {
  constexpr int nobody = std::numeric_limits<int>::max();
  EXPECT_EQ(process::program_of(nobody), "");
  EXPECT_EQ(process::ask_to_reload(nobody), std::errc::no_such_process);
}

}  // namespace process_test
