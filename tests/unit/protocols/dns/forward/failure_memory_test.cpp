#include "protocols/dns/forward/failure_memory.hpp"

#include <chrono>
#include <cstdint>

#include <gtest/gtest.h>

namespace failure_memory_test {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t now = 1'700'000'000 * second;

TEST(Failures, AreRememberedForSomeTime) {
  thence::dns::FailureMemory failures;
  EXPECT_FALSE(failures.has_failed(0, second, now));
  failures.remember(7, now);
  EXPECT_TRUE(failures.has_failed(7, 5 * second, now));
  EXPECT_TRUE(failures.has_failed(7, 5 * second, now + 5 * second - 1));
  EXPECT_FALSE(failures.has_failed(7, 5 * second, now + 5 * second));
  EXPECT_FALSE(failures.has_failed(7, 5 * second, now - 1)) << "the clock went back";
  EXPECT_FALSE(failures.has_failed(7 + failures.places, 5 * second, now));
  failures.forget(7 + failures.places);
  EXPECT_TRUE(failures.has_failed(7, 5 * second, now));
  failures.forget(7);
  EXPECT_FALSE(failures.has_failed(7, 5 * second, now));
}

}  // namespace

}  // namespace failure_memory_test
