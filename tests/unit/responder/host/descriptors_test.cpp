#include "responder/host/descriptors.hpp"

#include <cerrno>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace descriptors_test {

using namespace thence;

namespace {

/// A limit on this process's descriptors, until the test is over.
class Descriptors : public testing::Test {
 protected:
  Descriptors() { ::getrlimit(RLIMIT_NOFILE, &before_); }
  ~Descriptors() override { ::setrlimit(RLIMIT_NOFILE, &before_); }
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;

  static void limit(rlim_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = count;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  }

 private:
  rlimit before_{};
};

}  // namespace

TEST_F(Descriptors, AQuarterIsReservedButNotMoreThanNeeded) {
  limit(64);
  EXPECT_EQ(descriptors::reserve(), 16U);
  EXPECT_FALSE(descriptors::is_reserved(47));
  EXPECT_TRUE(descriptors::is_reserved(48));
  limit(1024);
  EXPECT_EQ(descriptors::reserve(), 64U);
  EXPECT_FALSE(descriptors::is_reserved(959));
  EXPECT_TRUE(descriptors::is_reserved(960));
}

TEST_F(Descriptors, AreMovedDownAndNeverUp) {
  const int low = ::open("/dev/null", O_RDONLY);
  const int high = ::fcntl(low, F_DUPFD, low + 20);
  EXPECT_EQ(descriptors::lowest(low), low);
  ::close(low);
  EXPECT_EQ(descriptors::lowest(high), low);
  EXPECT_EQ(::fcntl(high, F_GETFD), -1);
  EXPECT_EQ(errno, EBADF);
  ::close(low);
}

}  // namespace descriptors_test
