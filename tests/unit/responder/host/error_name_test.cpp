#include "responder/host/error_name.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace error_name_test {

TEST(ErrorName, IsTheSystemsOrTheNumber) {
  EXPECT_EQ(thence::errno_name(ENETUNREACH), "ENETUNREACH");
  EXPECT_EQ(thence::errno_name(EPERM), "EPERM");
  EXPECT_EQ(thence::errno_name(100'000), "100000");
  EXPECT_EQ(thence::errno_name(-1), "-1");
}

}  // namespace error_name_test
