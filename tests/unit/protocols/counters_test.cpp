#include "protocols/counters.hpp"

#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace counters_test {

TEST(Counters, AreMadeByNameOnceAndStayWhereTheyAre) {
  thence::Counters counters;
  auto& first = counters["answered"];
  EXPECT_EQ(first.name, "answered");
  EXPECT_EQ(first.value, 0U);
  for (int i = 0; i < 1000; ++i) ++counters[std::to_string(i)].value;
  ++first.value;
  EXPECT_EQ(&counters["answered"], &first);
  EXPECT_EQ(counters["answered"].value, 1U);
  EXPECT_EQ(std::distance(counters.begin(), counters.end()), 1001);
}

}  // namespace counters_test
