#include "config/reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reader_test {

using thence::config::Cursor;
using thence::config::Document;
using thence::config::Invalid;
using thence::config::Problems;
using namespace std::chrono_literals;

namespace {

/// Reads a text and tells what was wrong, a line each.
std::vector<std::string> problems_of(const std::string& text, void (*read)(const Cursor&)) {
  Problems problems;
  const auto document = Document::parse("t.yaml", text);
  read(Cursor(document, problems));
  std::vector<std::string> lines;
  for (const auto& each : problems.sorted()) lines.push_back(each.text());
  return lines;
}

}  // namespace

TEST(Reader, NamesFileLineColumnAndKey) {
  EXPECT_THAT(problems_of("a:\n  - b: 1\n    c: x\n",
                          [](const Cursor& root) {
                            auto map = root.map()["a"].list().at(0).map();
                            map["b"].number(0, 9);
                            map["c"].number(0, 9);
                          }),
              testing::ElementsAre("t.yaml:3:8: a[0].c: 'x' does not fit; allowed: a number from 0 to 9"));
}

TEST(Reader, AnUnknownKeyGetsTheNearestKnownOne) {
  EXPECT_THAT(problems_of("prot: 1\nelsewhere:\n  deep: 2\n",
                          [](const Cursor& root) {
                            auto map = root.map();
                            map["port"];
                            map["protocols"];
                            map.close();
                          }),
              testing::ElementsAre("t.yaml:1:1: prot: unknown key, did you mean 'port'?; allowed: port, protocols",
                                   "t.yaml:2:1: elsewhere: unknown key; allowed: port, protocols"));
}

TEST(Reader, AKeyTwiceIsAMistake) {
  EXPECT_THAT(problems_of("a: 1\na: 2\n", [](const Cursor& root) { root.map()["a"].number(0, 9); }),
              testing::ElementsAre("t.yaml:2:1: a: stands here a second time; each key at most once"));
}

TEST(Reader, AMissingValueStandsWhereItsParentStands) {
  EXPECT_THAT(problems_of("a:\n  b: 1\n", [](const Cursor& root) { root.map()["a"].map()["c"].port(); }),
              testing::ElementsAre("t.yaml:2:3: a.c: is missing; allowed: a number from 1 to 65535"));
}

TEST(Reader, AnEmptyValueIsAnAbsentOne) {
  EXPECT_THAT(problems_of("a:\nb: ~\n",
                          [](const Cursor& root) {
                            EXPECT_EQ(root.map()["a"].number(0, 9, 7), 7U);
                            EXPECT_TRUE(root.map()["b"].list().empty());
                          }),
              testing::IsEmpty());
}

TEST(Reader, TextThatIsNotYamlNamesThePlace) {
  try {
    Document::parse("t.yaml", "a: [1,\nb: }");
    FAIL() << "was taken";
  } catch (const Invalid& invalid) {
    EXPECT_THAT(invalid.what(), testing::StartsWith("t.yaml:2:4: not YAML: "));
  }
}

TEST(Reader, OneDocumentMayHaveItsMarker) {
  EXPECT_NO_THROW(Document::parse("t.yaml", "# first\n%YAML 1.2\n---\na: 1\nb: ---x\n"));
}

TEST(Reader, ASecondDocumentIsAMistake) {
  try {
    Document::parse("t.yaml", "a: 1\n---\nb: 2\n");
    FAIL() << "was taken";
  } catch (const Invalid& invalid) {
    EXPECT_THAT(invalid.what(), testing::StartsWith("t.yaml:2: a second YAML document begins here"));
  }
}

TEST(Reader, ControlCharactersOfAFileDoNotReachTheTerminal) {
  EXPECT_THAT(problems_of("\"a\\nt.yaml:9:9: b\": \"\\e[31m\"\n", [](const Cursor& root) { root.map().close(); }),
              testing::ElementsAre("t.yaml:1:1: a\\x0at.yaml:9:9: b: unknown key; allowed: none"));
  EXPECT_THAT(problems_of("a: \"\\e[31m\"\n", [](const Cursor& root) { root.map()["a"].port(); }),
              testing::ElementsAre("t.yaml:1:4: a: '\\x1b[31m' does not fit; allowed: a number from 1 to 65535"));
}

TEST(Reader, AFileThatCannotBeReadIsNotAnEmptyOne) {
  for (const auto& [file, reason] : std::vector<std::pair<std::string, std::string>>{
           {"/", "Is a directory"}, {"/proc/self/mem", "Input/output error"}}) {
    try {
      Document::load(file);
      FAIL() << file << " was taken";
    } catch (const Invalid& invalid) {
      EXPECT_EQ(invalid.what(), file + ": cannot be read: " + reason);
    }
  }
}

TEST(Reader, AFileThatIsNotThereNamesTheReason) {
  try {
    Document::load("/nonexistent/t.yaml");
    FAIL() << "was taken";
  } catch (const Invalid& invalid) {
    EXPECT_STREQ(invalid.what(), "/nonexistent/t.yaml: cannot be read: No such file or directory");
  }
}

TEST(Reader, Durations) {
  const auto read = [](const std::string& text) {
    Problems problems;
    const auto document = Document::parse("t.yaml", text);
    const auto value = Cursor(document, problems).duration(1ms, 1h);
    return problems.empty() ? std::optional(value) : std::nullopt;
  };
  EXPECT_EQ(read("250ms"), 250ms);
  EXPECT_EQ(read("10s"), 10s);
  EXPECT_EQ(read("1h"), 1h);
  EXPECT_EQ(read("61m"), std::nullopt);
  EXPECT_EQ(read("10"), std::nullopt);
  EXPECT_EQ(read("0s"), std::nullopt);
  EXPECT_EQ(read("-1s"), std::nullopt);
  EXPECT_EQ(read("99999999999999999999s"), std::nullopt);
}

TEST(Reader, Sizes) {
  const auto read = [](const std::string& text) {
    Problems problems;
    const auto document = Document::parse("t.yaml", text);
    const auto value = Cursor(document, problems).size(1, 1U << 20U);
    return problems.empty() ? std::optional(value) : std::nullopt;
  };
  EXPECT_EQ(read("1500"), 1500U);
  EXPECT_EQ(read("64KiB"), 65536U);
  EXPECT_EQ(read("1MiB"), 1048576U);
  EXPECT_EQ(read("2MiB"), std::nullopt);
  EXPECT_EQ(read("18446744073709551615KiB"), std::nullopt);
  EXPECT_EQ(read("64kb"), std::nullopt);
}

TEST(Reader, WordsAndListsOfWords) {
  EXPECT_THAT(problems_of("a: [udp, tpc, udp]\nb: []\n",
                          [](const Cursor& root) {
                            auto map = root.map();
                            map["a"].choices<int>({{"udp", 1}, {"tcp", 2}}, {1});
                            map["b"].choices<int>({{"udp", 1}, {"tcp", 2}}, {1});
                          }),
              testing::ElementsAre("t.yaml:1:10: a[1]: 'tpc' is not known, did you mean 'tcp'?; allowed: udp, tcp",
                                   "t.yaml:1:15: a[2]: named twice; each word at most once",
                                   "t.yaml:2:4: b: names nothing; allowed: a list of udp, tcp"));
}

TEST(Reader, KindsThatDoNotFit) {
  EXPECT_THAT(problems_of("a: [1]\nb: {x: 1}\nc: text\nd: text\n",
                          [](const Cursor& root) {
                            auto map = root.map();
                            map["a"].string();
                            map["b"].port();
                            map["c"].list();
                            map["d"].map();
                          }),
              testing::ElementsAre("t.yaml:1:4: a: a list stands here; allowed: a text",
                                   "t.yaml:2:4: b: a mapping stands here; allowed: a number from 1 to 65535",
                                   "t.yaml:3:4: c: is not a list; allowed: [one, two] or a line with '- ' for each",
                                   "t.yaml:4:4: d: is not a mapping; allowed: { key: value } or a line with 'key: "
                                   "value' for each"));
}

TEST(Reader, FilesAreRelativeToTheDocument) {
  Problems problems;
  auto document = Document::parse("/etc/thence/thence.yaml", "a: z.zone\nb: /srv/z.zone\n");
  auto map = Cursor(document, problems).map();
  EXPECT_EQ(map["a"].file(), "/etc/thence/z.zone");
  EXPECT_EQ(map["b"].file(), "/srv/z.zone");
}

TEST(Reader, PrefixesIncludeAndExclude) {
  const auto document = Document::parse("t.yaml", "[10.0.0.0/8, '!10.1.0.0/16', '2001:db8::/33', 192.0.2.1, '::/0']");
  Problems problems;
  const auto prefixes = Cursor(document, problems).prefixes();
  EXPECT_TRUE(problems.empty());
  const auto covers = [&](const char* text) { return prefixes.covers(boost::asio::ip::make_address(text)); };
  EXPECT_TRUE(covers("10.255.0.1"));
  EXPECT_FALSE(covers("10.1.255.255"));
  EXPECT_TRUE(covers("10.2.0.0"));
  EXPECT_TRUE(covers("192.0.2.1"));
  EXPECT_FALSE(covers("192.0.2.2"));
  EXPECT_TRUE(covers("2001:db8:8000::1"));
  EXPECT_EQ(prefixes.excluded.at(0).text(), "10.1.0.0/16");
}

TEST(Reader, AListThatOnlyExcludesCoversTheRest) {
  const auto document = Document::parse("t.yaml", "{ p: ['!2001:db8:8000::/33'], i: ['!docker*', '!eth[0-3]'] }");
  Problems problems;
  auto map = Cursor(document, problems).map();
  const auto prefixes = map["p"].prefixes();
  EXPECT_TRUE(prefixes.covers(boost::asio::ip::make_address("2001:db8:7fff::1")));
  EXPECT_FALSE(prefixes.covers(boost::asio::ip::make_address("2001:db8:ffff::1")));
  EXPECT_TRUE(prefixes.covers(boost::asio::ip::make_address("192.0.2.1")));
  const auto interfaces = map["i"].interfaces();
  EXPECT_TRUE(interfaces.covers("eth4"));
  EXPECT_FALSE(interfaces.covers("eth3"));
  EXPECT_FALSE(interfaces.covers("docker0"));
  EXPECT_TRUE(map["absent"].prefixes().empty());
}

TEST(Reader, WhatIsNoPrefix) {
  for (const auto* const text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "2001:db8::1/64",
                                 "fe80::1%lo", "::ffff:192.0.2.1", "eth0", "10.0.0/8"}) {
    EXPECT_THAT(problems_of(std::string("['") + text + "']", [](const Cursor& root) { root.prefixes(); }),
                testing::ElementsAre(testing::HasSubstr("is no prefix")))
        << text;
  }
  EXPECT_THAT(problems_of("[]", [](const Cursor& root) { root.prefixes(); }),
              testing::ElementsAre(testing::HasSubstr("names nothing")));
  EXPECT_THAT(problems_of("['!']", [](const Cursor& root) { root.interfaces(); }),
              testing::ElementsAre(testing::HasSubstr("is empty")));
}

}  // namespace reader_test
