#include "config/document.hpp"

#include "config/problems.hpp"
#include "tests/unit/temporary_file.hpp"

#include <filesystem>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace document_test {

using namespace thence::config;
using namespace std::string_literals;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

template <typename Read>
std::string mistake_of(const Read& read) {
  try {
    read();
  } catch (const Invalid& invalid) {
    return invalid.what();
  }
  return "";
}

std::string mistake(const std::string& text) {
  return mistake_of([&] { Document::parse("t.yaml", text); });
}

std::string mistake_in_file(const std::string& content) {
  const TemporaryFile file(content);
  const auto said = mistake_of([&] { Document::load(file.path()); });
  return said.starts_with(file.path()) ? said.substr(file.path().size()) : said;
}

}  // namespace

TEST(Document, NothingOfAFileIsDroppedInSilence) {
  for (const auto& [text, place] : std::vector<std::pair<std::string, std::string>>{
           {",\na: 1", "1:1"},
           {"{a: 1}\nb: 2", "2:1"},
           {"{a: 1}, {b: 2}", "1:7"},
           {"{a: 1}\n- b", "2:1"},
           {"[a] b", "1:5"},
           {"- a\nb: 1", "2:1"},
           {"'a' 'b'", "1:5"},
           {"a: 1\n...\nb: 2", "3:1"},
           {"a: 1\n... b", "2:5"},
           {"--- |\n x\n...\n\ny: 1", "5:1"},
           {"a: 1\n%b: 2\nc: 3", "3:1"},
       }) {
    EXPECT_EQ(mistake(text),
              "t.yaml:" + place + ": text stands outside of the settings; allowed: only white space and comments");
  }
  EXPECT_EQ(mistake("a: 1\n%b: 2\n# c\n"),
            "t.yaml:2:1: a YAML directive stands behind the settings; allowed: only white space and comments");
  EXPECT_EQ(mistake("a: 1\n--- {b: 2}"), "t.yaml:2: a second YAML document begins here; allowed: one");
}

TEST(Document, CommentsWhiteSpaceAndMarkersMayStandAroundTheSettings) {
  for (const auto* const text : {"", "# a\n", "{}", "\n# a\n%YAML 1.2\n---\na: 1\n\n# b\n", "a: 1\n...\n# b\n",
                                 "\xEF\xBB\xBF{a: 1}  # b", "a: 'x\n\n%y'\n"}) {
    EXPECT_EQ(mistake(text), "") << text;
  }
}

TEST(Document, WhatIsNoTextIsAMistakeWithItsPlace) {
  EXPECT_EQ(mistake("a: 1\nb: x\0\n"s),
            "t.yaml:2:5: the octet \\x00 is no text; allowed: UTF-8 without control characters");
  for (const char octet : {'\x04', '\x1b', '\x7f'})
    EXPECT_THAT(mistake("a: 1" + std::string(1, octet)), HasSubstr("is no text"));
  EXPECT_EQ(mistake("a: \"\xC3\xA9\"\t\r\n"), "");
}

TEST(Document, AnEmptiedFileIsNoConfiguration) {
  for (const auto& content : {""s, " \n\t\r\n"s, "\xEF\xBB\xBF"s, std::string(5000, '\0'), "\n\0\n"s}) {
    EXPECT_EQ(mistake_in_file(content), ": is empty; allowed: settings, or {} for the default ones");
  }
  for (const auto& content : {"{}"s, "# all as usual\n"s}) EXPECT_EQ(mistake_in_file(content), "");
}

TEST(Document, ItsSizeIsBounded) {
  const std::string longest(Document::most_octets, ' ');
  EXPECT_EQ(mistake(longest), "");
  EXPECT_EQ(mistake(longest + ' '), "t.yaml: is longer than a configuration may be; allowed: at most 16 MiB");
  EXPECT_EQ(mistake_of([] { Document::load("/dev/zero"); }),
            "/dev/zero: is longer than a configuration may be; allowed: at most 16 MiB");
}

TEST(Document, ItsNodesAreBounded) {
  std::string many = "a: 1\nb: [";
  for (std::size_t i = 0; i < Document::most_nodes; ++i) many += "1,";
  EXPECT_THAT(mistake(many + "]"),
              testing::MatchesRegex("t.yaml:2:[0-9]+: more keys and values than a configuration may have.*"));
}

/// Nine lists, each of ten times the one before: a billion words in 500 octets.
TEST(Document, AnAliasCountsForAllThatItStandsFor) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int times = 1; times < 10; ++times) laughs += ", " + before;
    laughs += "]\n";
  }
  EXPECT_THAT(mistake(laughs), StartsWith("t.yaml:6:"));
  EXPECT_EQ(mistake("a: &a [1, &b 2, *b]\nc: *a\n"), "");
  EXPECT_EQ(mistake("a: &a { b: *a }"),
            "t.yaml:1:12: an alias stands within what it stands for; allowed: outside of it");
}

TEST(Document, APipeIsNotWaitedForWhereOnlyAFileWillDo) {
  const auto pipe = std::filesystem::temp_directory_path() / ("thence-pipe-" + std::to_string(::getpid()));
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(mistake_of([&] { Document::load(pipe, Document::Source::regular); }),
              HasSubstr(": cannot be read a second time, as it is no regular file"));
  std::filesystem::remove(pipe);
}

}  // namespace document_test
