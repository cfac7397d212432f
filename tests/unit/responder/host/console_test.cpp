#include "responder/host/console.hpp"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

namespace console_test {

namespace {

/// What the standard output or the standard error goes to, for as long as it is there.
class Instead {
 public:
  Instead(int standard, int other) : standard_(standard), before_(::dup(standard)) {
    std::fflush(nullptr);
    ::dup2(other, standard);
  }
  ~Instead() {
    ::dup2(before_, standard_);
    ::close(before_);
  }
  Instead(const Instead&) = delete;
  Instead& operator=(const Instead&) = delete;

 private:
  int standard_;
  int before_;
};

}  // namespace

TEST(Console, KnowsATerminalFromAPipe) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (terminal < 0) GTEST_SKIP() << "no pseudo-terminals here";
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  std::array<bool, 4> seen{};
  {
    const Instead output(STDOUT_FILENO, terminal);
    const Instead error(STDERR_FILENO, pipe[1]);
    seen[0] = thence::console::output_is_terminal();
    seen[1] = thence::console::error_is_terminal();
  }
  {
    const Instead output(STDOUT_FILENO, pipe[1]);
    const Instead error(STDERR_FILENO, terminal);
    seen[2] = thence::console::output_is_terminal();
    seen[3] = thence::console::error_is_terminal();
  }
  for (const int each : {terminal, pipe[0], pipe[1]}) ::close(each);
  EXPECT_EQ(seen, (std::array{true, false, false, true}));
}

}  // namespace console_test
