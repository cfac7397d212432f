#include "responder/command/json_text.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace json_text_test {

TEST(JsonText, IsUtf8WhateverItsTextsAreMadeOf) {
  const boost::json::value document{
      {"interface", "et\x1b\xff"}, {"views", {"v\x80", {{"name", "\u00e9\""}}}}, {"number", 1}, {"none", nullptr}};
  EXPECT_EQ(thence::json_text(document),
            R"({"interface":"et\\x1b\\xff","views":["v\\x80",{"name":"é\""}],"number":1,"none":null})");
}

}  // namespace json_text_test
