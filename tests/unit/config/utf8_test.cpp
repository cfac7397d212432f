#include "config/utf8.hpp"

#include <gtest/gtest.h>

namespace utf8_test {

using thence::config::utf8;
using thence::config::utf8_lines;

TEST(Utf8, ValidTextStaysAsItIs) {
  for (const auto* const text :
       {"", "eth0", "a b~", "\u00e9", "\u20ac", "\U0001f600", "\ud7ff", "\ue000", "\U0010ffff"}) {
    EXPECT_EQ(utf8(text), text);
  }
}

TEST(Utf8, WhatIsNoneIsWrittenOut) {
  EXPECT_EQ(utf8("a\x80z"), "a\\x80z");
  EXPECT_EQ(utf8("\xc3"), "\\xc3");                    // ends within
  EXPECT_EQ(utf8("\xe2\x82"), "\\xe2\\x82");           // ends within
  EXPECT_EQ(utf8("\xc0\xaf"), "\\xc0\\xaf");           // longer than needed
  EXPECT_EQ(utf8("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");  // longer than needed
  EXPECT_EQ(utf8("\xf0\x80\x80\xaf"), "\\xf0\\x80\\x80\\xaf");
  EXPECT_EQ(utf8("\xed\xa0\x80"), "\\xed\\xa0\\x80");           // half of a pair
  EXPECT_EQ(utf8("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond the last one
  EXPECT_EQ(utf8("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(utf8("\xc3\xc3\xa9"), "\\xc3\u00e9");
}

TEST(Utf8, ControlCharactersAreWrittenOut) {
  EXPECT_EQ(utf8("a\n\r\t\x7f"
                 "b"),
            "a\\x0a\\x0d\\x09\\x7f"
            "b");
  EXPECT_EQ(utf8(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(utf8("\xc2\x85"), "\\xc2\\x85");  // next line
}

TEST(Utf8, LineFeedsStayBetweenLines) {
  EXPECT_EQ(utf8_lines("a\n\nb\r\n"), "a\n\nb\\x0d\n");
  EXPECT_EQ(utf8_lines("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(utf8_lines(""), "");
}

}  // namespace utf8_test
