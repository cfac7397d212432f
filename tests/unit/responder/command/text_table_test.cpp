#include "responder/command/text_table.hpp"

#include <gtest/gtest.h>

namespace text_table_test {

using thence::text_table;

TEST(TextTable, ColumnsLineUp) {
  EXPECT_EQ(text_table({{"INTERFACE", "PORT", "TRY"}, {"lo", "5300", "dig"}, {"enp3s0.100", "53", ""}}),
            "INTERFACE   PORT  TRY\n"
            "lo          5300  dig\n"
            "enp3s0.100  53    \n");
}

TEST(TextTable, RowsMayBeOfDifferentLength) {
  EXPECT_EQ(text_table({{"a"}, {"bb", "c"}, {}}), "a\nbb  c\n\n");
  EXPECT_EQ(text_table({}), "");
}

TEST(TextTable, HasNoControlCharacters) {
  EXPECT_EQ(text_table({{"et\x1b[31m\xff", "a\n"}, {"x", ""}}),
            "et\\x1b[31m\\xff  a\\x0a\n"
            "x               \n");
}

}  // namespace text_table_test
