#include "protocols/dns/text/words.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace words_test {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> all;
  while (!line.empty()) all.emplace_back(thence::dns::take_word(line));
  return all;
}

TEST(Rfc1035Words, AreSeparatedByBlanksAndTabs) {
  EXPECT_THAT(words("www 60\tIN \t A  192.0.2.1 \t"), ElementsAre("www", "60", "IN", "A", "192.0.2.1"));
  EXPECT_THAT(words(""), IsEmpty());
  EXPECT_THAT(words(" a"), ElementsAre("", "a")) << "the owner of the record before";
}

TEST(Rfc1035Words, BlanksInQuotesAndBehindABackslashAreNoEnd) {
  EXPECT_THAT(words(R"("a b" c\ d "e\" f" g"h i"j)"), ElementsAre(R"("a b")", R"(c\ d)", R"("e\" f")", R"(g"h i"j)"));
  EXPECT_THAT(words("\"open a b"), ElementsAre("\"open a b"));
  EXPECT_THAT(words("a\\"), ElementsAre("a\\"));
}

}  // namespace words_test
