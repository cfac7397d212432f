#include "responder/admin/html.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace html_test {

using namespace thence;
using namespace std::chrono_literals;

TEST(Html, Filled) {
  EXPECT_EQ(admin::filled("a{{b}}c{{d}}{{e}}", {{"b", "{{d}}"}, {"d", "2"}}), "a{{d}}c2");
  EXPECT_EQ(admin::filled("a{{b", {{"b", "1"}}), "a");
  EXPECT_EQ(admin::filled("", {}), "");
}

}  // namespace html_test
