// How zone files are read: directives, included files, and what is told of them.

#include "protocols/dns/text/zone_file.hpp"

#include "protocols/dns/text/zone_entries.hpp"
#include "tests/unit/protocols/dns/text/zone_text.hpp"
#include "tests/unit/protocols/dns/zone_files.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stop_token>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace zone_file_test {

using dns_zone_files::soa;
using dns_zone_files::ZoneFiles;
using dns_zone_text::apex;
using dns_zone_text::read_text;
using dns_zone_text::Seen;
using dns_zone_text::ZoneFile;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using namespace thence::dns;

namespace {

using Rfc1035Include = ZoneFile;
using ZoneFileStamps = ZoneFile;

}  // namespace

TEST_F(Rfc1035Include, AFileIsRelativeToTheOneThatNamesIt) {
  write("t.zone", "a 9 A 192.0.2.1\n$INCLUDE sub/one\nd 9 A 192.0.2.4\n");
  write("sub/one", "b 9 A 192.0.2.2\n$include \"t\\wo\" ; in quotes, with an escape\n");
  write("sub/two", "c 9 A 192.0.2.3");
  const auto seen = read();
  EXPECT_THAT(seen.mistakes, IsEmpty());
  EXPECT_THAT(seen.records,
              ElementsAre("a.t. 9 A 192.0.2.1", "b.t. 9 A 192.0.2.2", "c.t. 9 A 192.0.2.3", "d.t. 9 A 192.0.2.4"));
  EXPECT_THAT(seen.places, ElementsAre("t.zone:1", "one:1", "two:1", "t.zone:3"));
  write("t.zone", "$INCLUDE " + (folder / "sub/two").string() + "\n");
  EXPECT_THAT(read().records, ElementsAre("c.t. 9 A 192.0.2.3"));
}

TEST_F(Rfc1035Include, TheOriginIsGivenToTheFileAndComesBackAfterIt) {
  write("t.zone", "$ORIGIN o\n$INCLUDE sub/one p\nc 9 A 192.0.2.3\n$INCLUDE sub/one q.t.\n");
  write("sub/one", "a 9 A 192.0.2.1\n$ORIGIN x\nb 9 A 192.0.2.2\n");
  EXPECT_THAT(read().records, ElementsAre("a.p.o.t. 9 A 192.0.2.1", "b.x.p.o.t. 9 A 192.0.2.2", "c.o.t. 9 A 192.0.2.3",
                                          "a.q.t. 9 A 192.0.2.1", "b.x.q.t. 9 A 192.0.2.2"));
}

TEST_F(Rfc1035Include, TheLastOwnerComesBackAndIsThatOfTheFirstRecordInTheFile) {
  write("t.zone", "a 9 A 192.0.2.1\n$INCLUDE sub/one o\n 9 A 192.0.2.4\n");
  write("sub/one", " 9 A 192.0.2.2\nb 9 A 192.0.2.3\n");
  EXPECT_THAT(read().records,
              ElementsAre("a.t. 9 A 192.0.2.1", "a.t. 9 A 192.0.2.2", "b.o.t. 9 A 192.0.2.3", "a.t. 9 A 192.0.2.4"));
}

TEST_F(Rfc1035Include, Rfc2308TheDefaultTtlGoesOnToHold) {
  write("t.zone", "$TTL 5\na A 192.0.2.1\n$INCLUDE sub/one\nd A 192.0.2.4\n");
  write("sub/one", "b A 192.0.2.2\n$TTL 7\nc A 192.0.2.3\n");
  EXPECT_THAT(read().records,
              ElementsAre("a.t. 5 A 192.0.2.1", "b.t. 5 A 192.0.2.2", "c.t. 7 A 192.0.2.3", "d.t. 7 A 192.0.2.4"));
}

TEST_F(Rfc1035Include, MistakesNameTheFileThatTheyAreIn) {
  write("t.zone", "$INCLUDE sub/one\na 9 A 192.0.2\n");
  write("sub/one", "\nb 9 A 192.0.2.2 )\nc 9 B x\nd 9 A 192.0.2.4\n");
  const auto seen = read();
  EXPECT_THAT(seen.mistakes,
              ElementsAre(StartsWith("one:2: a parenthesis was never opened"), StartsWith("one:3: 'B' is not a type"),
                          StartsWith("t.zone:2: '192.0.2' is not the data of A")));
  EXPECT_THAT(seen.records, ElementsAre("d.t. 9 A 192.0.2.4")) << "reading goes on";
}

TEST_F(Rfc1035Include, WhatIsWrongWithTheDirectiveIsToldAtItsLine) {
  const auto mistakes = [&](const std::string& directive) {
    write("t.zone", "\n" + directive + "\n");
    return read().mistakes;
  };
  EXPECT_THAT(mistakes("$INCLUDE"), ElementsAre(StartsWith("t.zone:2: no file name after $INCLUDE; allowed: ")));
  EXPECT_THAT(mistakes("$INCLUDE \"\""), ElementsAre(StartsWith("t.zone:2: no file name after $INCLUDE; allowed: ")));
  EXPECT_THAT(mistakes("$INCLUDE none a..b"), ElementsAre(StartsWith("t.zone:2: no domain name after the file")));
  EXPECT_THAT(mistakes("$INCLUDE none a b"), ElementsAre(StartsWith("t.zone:2: more than two words")));
  EXPECT_THAT(mistakes("$INCLUDE none"),
              ElementsAre("t.zone:2: '" + (folder / "none").string() +
                          "' cannot be read: No such file or directory; allowed: a zone file"));
  EXPECT_THAT(mistakes("$INCLUDE sub"), ElementsAre(HasSubstr("cannot be read: Is a directory; allowed: a zone file")));
  EXPECT_THAT(read_text("\n$INCLUDE none").mistakes,
              ElementsAre(StartsWith("0:2: $INCLUDE in a text that is no file")));
}

TEST_F(Rfc1035Include, PipesAndDevicesAreNotWaitedFor) {
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  write("t.zone", "$INCLUDE pipe\n$INCLUDE /dev/zero\na 9 A 192.0.2.1\n");
  const auto seen = read();
  EXPECT_THAT(seen.mistakes, ElementsAre(HasSubstr("pipe' cannot be read: Not a regular file"),
                                         HasSubstr("'/dev/zero' cannot be read: Not a regular file")));
  EXPECT_THAT(seen.records, SizeIs(1));
  EXPECT_EQ(read("pipe").files.unreadable, "Not a regular file");
}

TEST_F(Rfc1035Include, AFileThatIncludesItselfIsRefused) {
  write("t.zone", "$INCLUDE t.zone\na 9 A 192.0.2.1\n");
  EXPECT_THAT(read().mistakes, ElementsAre(HasSubstr("t.zone' includes itself, directly or through others")));
  write("t.zone", "$INCLUDE sub/one\na 9 A 192.0.2.1\n");
  write("sub/one", "\n$INCLUDE two\n");
  write("sub/two", "$INCLUDE ../sub/one\n$INCLUDE ../t.zone\nb 9 A 192.0.2.2\n");
  std::filesystem::create_symlink("one", folder / "sub/three");
  const auto seen = read();
  EXPECT_THAT(seen.mistakes, ElementsAre(StartsWith("two:1: "), StartsWith("two:2: ")));
  EXPECT_THAT(seen.records, SizeIs(2));
  write("sub/two", "$INCLUDE three\n");
  EXPECT_THAT(read().mistakes, ElementsAre(HasSubstr("three' includes itself")));
}

TEST_F(Rfc1035Include, TheDepthIsBounded) {
  for (std::size_t i = 0; i <= most_included_deep; ++i) {
    write(std::to_string(i), "$INCLUDE " + std::to_string(i + 1) + "\n");
  }
  write(std::to_string(most_included_deep), "a 9 A 192.0.2.1\n");
  EXPECT_THAT(read("0").records, SizeIs(1));
  write("t.zone", "$INCLUDE 0\n");
  const auto seen = read();
  EXPECT_THAT(seen.records, IsEmpty());
  EXPECT_THAT(seen.mistakes, ElementsAre(StartsWith("15:1: files that include each other more than 16 deep")));
}

TEST_F(Rfc1035Include, FilesThatIncludeEachOtherOverAndOverComeToAnEnd) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += "$INCLUDE two\n";
  write("t.zone", many);
  many.clear();
  for (int i = 0; i < 300; ++i) many += "$INCLUDE three\n";
  write("two", many);
  write("three", "; nothing\n");
  EXPECT_THAT(read().mistakes.front(), HasSubstr("more than 65536 $INCLUDE in a zone"));
}

TEST_F(ZoneFile, ReadingIsGivenUpWhenThatIsAsked) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "a 9 A 192.0.2.1\n";
  write("t.zone", many + "$GENERATE 1-10000 b$ A 192.0.2.2\n");
  std::stop_source stop;
  Seen seen;
  auto reader = seen.reader();
  reader.stop = stop.get_token();
  reader.record = [&](auto, std::uint32_t line, const Record&) {
    if (line == 5) stop.request_stop();
    seen.records.emplace_back();
  };
  read_zone_file(folder / "t.zone", apex, reader);
  EXPECT_LT(seen.records.size(), 10'000U) << "what is in memory may be read";
  EXPECT_THAT(seen.mistakes, ElementsAre(HasSubstr("reading the file failed: Operation canceled")));
}

TEST_F(ZoneFile, WhyItCannotBeReadIsToldApart) {
  EXPECT_EQ(read("none").files.unreadable, "No such file or directory");
  EXPECT_EQ(read("sub").files.unreadable, "Is a directory");
  write("t.zone", "");
  EXPECT_EQ(read().files.unreadable, std::nullopt);
  EXPECT_THAT(read().mistakes, IsEmpty());
}

TEST_F(ZoneFileStamps, EachFileThatWasReadHasOne) {
  write("t.zone", "$INCLUDE sub/one\n$INCLUDE none\n$INCLUDE sub/one\n");
  write("sub/one", "a 9 A 192.0.2.1\n");
  const auto files = read().files.files;
  ASSERT_THAT(files, SizeIs(3));
  EXPECT_EQ(files[0].file, folder / "t.zone");
  EXPECT_EQ(files[1].file, folder / "sub/one");
  EXPECT_EQ(files[1].size, 16U);
  EXPECT_EQ(files[2], FileStamp{.file = folder / "none"});
  for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(FileStamp::of(files[i].file), files[i]);
}

namespace {

using Rfc1035ZoneFile = ZoneFiles;
using Rfc2308ZoneFile = ZoneFiles;

}  // namespace

TEST_F(Rfc1035ZoneFile, EntriesDirectivesParenthesesAndComments) {
  EXPECT_THAT(problems("; a comment\n"
                       "$TTL 1h\n"
                       "@ IN SOA ns1 hostmaster ( ; the numbers\n"
                       "    2024010100 ; serial\n"
                       "    1d 2h\n"
                       "    4w 5m )\r\n"
                       "\n"
                       "  NS ns1\n"
                       "ns1 A 192.0.2.1\n"
                       "\tAAAA 2001:db8::1 ; the owner of the line before\n"
                       "a 1h30m IN A 192.0.2.2\n"
                       "b IN 90 A 192.0.2.3\n"
                       "$ORIGIN sub ; relative\n"
                       "c A 192.0.2.4\n"
                       "d MX 10 c\n"
                       "@ TXT \"semi;colon (and\" par\\;en\\(s \"quo\\\"te\"\n"
                       "$ORIGIN example.test.\n"
                       "e\\046f a 192.0.2.5\n"
                       "last A 192.0.2.6"),
              IsEmpty());
  EXPECT_THAT(ask("example.test", "SOA"),
              HasSubstr("3600 IN SOA ns1.example.test. hostmaster.example.test. 2024010100 86400 7200 2419200 300\n"));
  EXPECT_THAT(ask("example.test", "NS"), HasSubstr("answer example.test. 3600 IN NS ns1.example.test.\n"));
  EXPECT_THAT(ask("ns1.example.test", "AAAA"), HasSubstr("3600 IN AAAA 2001:db8::1\n"));
  EXPECT_THAT(ask("a.example.test"), HasSubstr(" 5400 IN A 192.0.2.2\n"));
  EXPECT_THAT(ask("b.example.test"), HasSubstr(" 90 IN A 192.0.2.3\n"));
  EXPECT_THAT(ask("c.sub.example.test"), HasSubstr("3600 IN A 192.0.2.4\n"));
  EXPECT_THAT(ask("d.sub.example.test", "MX"), HasSubstr("MX 10 c.sub.example.test.\n"));
  EXPECT_THAT(ask("sub.example.test", "TXT"), HasSubstr(R"(TXT "semi;colon (and" "par;en(s" "quo\"te")"));
  EXPECT_THAT(ask("last.example.test"), HasSubstr("3600 IN A 192.0.2.6\n"));
  EXPECT_THAT(ask("f.example.test"), StartsWith("NXDOMAIN")) << "the dot is part of a label";
}

TEST_F(Rfc2308ZoneFile, ATtlIsStatedOrThatOfTheDirectiveOrOfTheRecordBefore) {
  EXPECT_THAT(problems(std::string(soa) + "a A 192.0.2.1\nb 7 A 192.0.2.2\nc A 192.0.2.3\n$TTL 0\nd A 192.0.2.4\n"),
              IsEmpty());
  EXPECT_THAT(ask("a.example.test"), HasSubstr(" 300 IN A "));
  EXPECT_THAT(ask("c.example.test"), HasSubstr(" 7 IN A "));
  EXPECT_THAT(ask("d.example.test"), HasSubstr(" 0 IN A "));
}

TEST_F(ZoneFiles, AByteOrderMarkIsNoPartOfTheFirstName) {
  EXPECT_THAT(problems(std::string("\xEF\xBB\xBF") + soa), IsEmpty());
  EXPECT_THAT(problems(std::string("\xEF\xBB\xBF$ORIGIN sub\na 60 A 192.0.2.1\n$ORIGIN example.test.\n") + soa),
              IsEmpty());
  EXPECT_THAT(ask("a.sub.example.test"), HasSubstr("192.0.2.1"));
}

TEST_F(ZoneFiles, DirectivesAreReadInAnyLetterCase) {
  EXPECT_THAT(problems("$ttl 77\n@ SOA ns1 h 1 1 1 1 1\n$Origin sub\na A 192.0.2.1\n"), IsEmpty());
  EXPECT_EQ(ask("a.sub.example.test"), "NOERROR aa\nanswer a.sub.example.test. 77 IN A 192.0.2.1\n");
  EXPECT_THAT(problems(std::string(soa) + "$include x\n"), ElementsAre(HasSubstr("t.zone:2: 'x' cannot be read")));
}

}  // namespace zone_file_test
