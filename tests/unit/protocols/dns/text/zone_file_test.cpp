// How zone files are read: pieces, included files, generated records, and the stamps by which a change is seen.

#include "protocols/dns/text/zone_file.hpp"

#include "protocols/dns/text/zone_entries.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using namespace thence::dns;

namespace {

const Name apex = *Name::parse("t", Name());

std::string text_of(const Record& record) {
  std::ostringstream text;
  text << record.owner.text() << ' ' << record.ttl << ' ' << type_text(record.type);
  if (record.type == 1 && record.rdata.size() == 4) {
    text << ' ' << int{record.rdata[0]} << '.' << int{record.rdata[1]} << '.' << int{record.rdata[2]} << '.'
         << int{record.rdata[3]};
  } else if (record.type == 16) {
    for (std::size_t at = 0; at < record.rdata.size(); at += record.rdata[at] + 1U) {
      text << " \""
           << std::string(record.rdata.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                          record.rdata.begin() + static_cast<std::ptrdiff_t>(at) + 1 + record.rdata[at])
           << '"';
    }
  } else if (Name name; name.assign(record.rdata) == record.rdata.size()) {
    text << ' ' << name.text();
  }
  return text.str();
}

/// Reads what is given and keeps it as lines of text.
struct Seen {
  std::vector<std::string> records;
  std::vector<std::string> mistakes;  ///< FILE:LINE: message; the number of the file where it has no name
  std::vector<std::string> places;    ///< FILE:LINE of each record
  std::vector<std::string> names;
  ZoneFiles files;

  ZoneFileReader reader() {
    return {.record =
                [this](std::uint32_t file, std::uint32_t line, const Record& record) {
                  records.push_back(text_of(record));
                  places.push_back(place(file, line));
                },
            .wrong =
                [this](std::uint32_t file, std::uint32_t line, const std::string& message) {
                  EXPECT_THAT(message, HasSubstr("; allowed: "));
                  mistakes.push_back(place(file, line) + ": " + message);
                },
            .file =
                [this](std::uint32_t file, const std::filesystem::path& path) {
                  EXPECT_EQ(file, names.size());
                  names.push_back(path.filename().string());
                }};
  }

  std::string place(std::uint32_t file, std::uint32_t line) const {
    return (file < names.size() ? names[file] : std::to_string(file)) + ":" + std::to_string(line);
  }
};

Seen read_text(const std::string& text) {
  Seen seen;
  read_zone_text(text, apex, seen.reader());
  return seen;
}

/// What `$GENERATE` makes, or the mistake.
std::vector<std::string> generated(const std::string& arguments) {
  auto seen = read_text("$TTL 9\n$GENERATE " + arguments + "\n");
  return seen.mistakes.empty() ? seen.records : seen.mistakes;
}

/// A folder of its own.
class ZoneFile : public testing::Test {
 protected:
  ZoneFile() { std::filesystem::create_directories(folder / "sub"); }
  ~ZoneFile() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }

  Seen read(const std::string& name = "t.zone") const {
    Seen seen;
    seen.files = read_zone_file(folder / name, apex, seen.reader());
    EXPECT_EQ(seen.files.files.size(), seen.names.size());
    return seen;
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("thence-zone-file-" + std::to_string(::getpid()));
};

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

TEST_F(ZoneFile, WhyItCannotBeReadIsToldApart) {
  EXPECT_EQ(read("none").files.unreadable, "No such file or directory");
  EXPECT_EQ(read("sub").files.unreadable, "Is a directory");
  write("t.zone", "");
  EXPECT_EQ(read().files.unreadable, std::nullopt);
  EXPECT_THAT(read().mistakes, IsEmpty());
}

TEST_F(ZoneFile, WhatStraddlesThePiecesIsReadAsFromOneText) {
  // Entries of many kinds, moved against the pieces of 64 KiB octet by octet.
  const std::string entries =
      "a 9 TXT \"semi;colon (and\" par\\;en ; a comment\r\nb 9 MX ( 10 ; x\n\n m )\n 9 A 192.0.2.1\n; a comment\n"
      "c 9 TXT \"\\\"quo\\\\\" )\nd 9 TXT \"open\ne 9 A 192.0.2.2\r\n";
  std::string many;
  while (many.size() < 200) many += entries;
  for (std::size_t moved = 0; moved < many.size(); ++moved) {
    const auto text = std::string(65536 - moved, '\n') + many + std::string(65300, ' ') + many + "f 9 A 192.0.2.3";
    write("t.zone", text);
    const auto from_file = read();
    auto from_text = read_text(text);
    for (auto& each : from_text.mistakes) each.replace(0, 1, "t.zone");
    ASSERT_EQ(from_file.records, from_text.records) << moved;
    ASSERT_EQ(from_file.mistakes, from_text.mistakes) << moved;
    ASSERT_THAT(from_file.records, SizeIs(testing::Ge(9U)));
  }
}

TEST_F(ZoneFile, AnEntryMayBeLongButNotWithoutEnd) {
  const std::string comment(3 << 20U, 'x');
  const std::string long_text = "a 9 TXT (" + std::string(ZoneEntries::longest - 100, '\n') + "x )\n";
  write("t.zone", ";" + comment + "\n" + long_text + "b 9 A 192.0.2.1 ;" + comment);
  EXPECT_THAT(read().mistakes, IsEmpty());
  EXPECT_THAT(read().records, ElementsAre("a.t. 9 TXT \"x\"", "b.t. 9 A 192.0.2.1"));
  for (const auto* const filler : {"x", " ", "(", "\n", "\\x", "\\;"}) {
    std::string entry = "a 9 TXT (";
    while (entry.size() < 2 * ZoneEntries::longest) entry += filler;
    write("t.zone", entry + std::string(*filler == '(' ? entry.size() - 8 : 1, ')') + "\nb 9 A 192.0.2.1\n");
    EXPECT_THAT(read().mistakes, ElementsAre(StartsWith("t.zone:1: longer than 1048576 octets"))) << filler;
    EXPECT_THAT(read().records, ElementsAre("b.t. 9 A 192.0.2.1")) << filler;
  }
}

TEST_F(ZoneFile, Rfc1035EntriesEndAsLinesDo) {
  EXPECT_THAT(read_text("a 9 A 192.0.2.1\r\n\r\nb 9 TXT x ( y\r\n z )\r\n9 9 TXT \"\"").records,
              ElementsAre("a.t. 9 A 192.0.2.1", "b.t. 9 TXT \"x\" \"y\" \"z\"", "9.t. 9 TXT \"\""));
  EXPECT_THAT(read_text("a 9 TXT x\ry\n").mistakes, ElementsAre(StartsWith("0:1: a carriage return")));
  EXPECT_THAT(read_text("a 9 TXT x\n(b 9\n TXT y)\n( c 9 TXT z )\n 9 TXT w\n").records,
              ElementsAre("a.t. 9 TXT \"x\"", "b.t. 9 TXT \"y\"", "c.t. 9 TXT \"z\"", "c.t. 9 TXT \"w\""));
  EXPECT_THAT(read_text(std::string("a 9 A") + std::string(300'000, ' ') + "192.0.2.1\n").records, SizeIs(1));
  EXPECT_THAT(read_text(std::string("a 9 MX 1") + std::string(300'000, ' ') + "m\n").records, SizeIs(1));
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

TEST_F(ZoneFileStamps, ThatOfAFileThatHasChangedIsAnother) {
  write("t.zone", "a 9 A 192.0.2.1\n");
  const auto before = read().files.files.at(0);
  const auto now = [&] { return FileStamp::of(folder / "t.zone"); };
  EXPECT_EQ(now(), before);
  const auto time = std::filesystem::last_write_time(folder / "t.zone");
  write("t.zone", "a 9 A 192.0.2.2\nb 9 A 192.0.2.1\n");
  std::filesystem::last_write_time(folder / "t.zone", time);
  EXPECT_NE(now(), before) << "another size";
  write("t.zone", "a 9 A 192.0.2.3\n");
  std::filesystem::last_write_time(folder / "t.zone", time + std::chrono::nanoseconds(1));
  EXPECT_NE(now(), before) << "another time";
  std::filesystem::last_write_time(folder / "t.zone", time);
  EXPECT_EQ(now(), before);
  std::filesystem::rename(folder / "t.zone", folder / "old");
  write("t.zone", "a 9 A 192.0.2.4\n");
  std::filesystem::last_write_time(folder / "t.zone", time);
  EXPECT_NE(now(), before) << "another file";
  std::filesystem::remove(folder / "t.zone");
  EXPECT_EQ(now(), std::nullopt);
  EXPECT_NE(read("none").files.files.at(0), before);
}

TEST(Generate, MakesARecordANumber) {
  EXPECT_THAT(generated("1-2 h$ A 192.0.2.$"), ElementsAre("h1.t. 9 A 192.0.2.1", "h2.t. 9 A 192.0.2.2"));
  EXPECT_THAT(generated("0-10/4 h$ 60 IN A 192.0.2.$"),
              ElementsAre("h0.t. 60 A 192.0.2.0", "h4.t. 60 A 192.0.2.4", "h8.t. 60 A 192.0.2.8"));
  EXPECT_THAT(generated("7-7 h IN 1m TXT ${0,3,d}-${-8}-${200,0,x}-${200,4,X}-${1,0,o} $$ \\$ \\\\"),
              ElementsAre("h.t. 60 TXT \"007--1-cf-00CF-10\" \"$\" \"$\" \"\\\""));
  EXPECT_THAT(generated("2147483647-2147483647 h TXT $"), ElementsAre("h.t. 9 TXT \"2147483647\""));
  EXPECT_THAT(generated("1-1 @ TXT $"), ElementsAre("t. 9 TXT \"1\""));
}

// What named-checkzone 9.18 makes of these.
TEST(Generate, CountsInTheBasesOfBind) {
  const auto number = [](const std::string& written, const std::string& value) {
    return generated(value + "-" + value + " h TXT " + written + "x");
  };
  EXPECT_THAT(number("${0,1,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1x\""));
  EXPECT_THAT(number("${0,3,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1x\""));
  EXPECT_THAT(number("${0,4,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1.x\""));
  EXPECT_THAT(number("${0,5,n}", "18"), ElementsAre("h.t. 9 TXT \"2.1.0x\""));
  EXPECT_THAT(number("${0,8,N}", "171"), ElementsAre("h.t. 9 TXT \"B.A.0.0.x\""));
  EXPECT_THAT(number("${-17,4,x}", "16"), ElementsAre("h.t. 9 TXT \"ffffffffx\""));
  EXPECT_THAT(number("${-17,0,o}", "16"), ElementsAre("h.t. 9 TXT \"37777777777x\""));
  EXPECT_THAT(number("${-17,2,n}", "16"), ElementsAre("h.t. 9 TXT \"f.f.f.f.f.f.f.fx\""));
  EXPECT_THAT(number("${-301,3}", "300"), ElementsAre("h.t. 9 TXT \"-01x\""));
}

TEST(Generate, DataMayBeInQuotesOrNot) {
  EXPECT_THAT(generated("1-1 h TXT \"a b $\""), ElementsAre("h.t. 9 TXT \"a\" \"b\" \"1\"")) << "as in BIND";
  EXPECT_THAT(generated("1-1 h TXT \"a b $\" c"), ElementsAre("h.t. 9 TXT \"a b 1\" \"c\""));
  EXPECT_THAT(generated("1-1 h MX \"10 m$\""), SizeIs(1));
  EXPECT_THAT(generated("1-1 h MX 10 m$"), SizeIs(1));
  EXPECT_THAT(generated("1-1 h PTR ( m$ ) ; a comment"), ElementsAre("h.t. 9 PTR m1.t."));
}

TEST(Generate, WhatIsWrongIsToldOnceAtItsLine) {
  const auto wrong = [](const std::string& arguments, const std::string& message) {
    EXPECT_THAT(generated(arguments), ElementsAre(StartsWith("0:2: " + message))) << arguments;
  };
  for (const auto* const range : {"2-1", "1", "1-", "-1-1", "1-2/0", "1-2/", "1-2/x", "x-2", "1-2-3", "0-2147483648",
                                  "2147483648-2147483648", "18446744073709551616-18446744073709551617"}) {
    wrong(std::string(range) + " h A 192.0.2.1", "'" + std::string(range) + "' is not a range");
  }
  for (const auto* const number : {"${", "${}", "${a}", "${1", "${1,}", "${1,2,}", "${1,2,z}", "${1,2,d,}", "${1,-2}",
                                   "${1,256}", "${,3}", "${2147483648}"}) {
    wrong(std::string("1-1 h TXT ") + number, "'${' without what belongs behind it");
  }
  wrong("1-2 h TXT ${2147483646}", "an offset that leads above 2147483647");
  for (const auto* const words : {"", "1-2", "1-2 h", "1-2 h TXT", "1-2 h 60 IN TXT"}) {
    wrong(words, *words == '\0' ? "'' is not a range" : "too few words");
  }
  wrong("1-300 h A 192.0.2.$", "'192.0.2.256' is not the data of A");
  wrong("0-9 ${0,64} A 192.0.2.1", "'" + std::string(64, '0') + "' is not a domain name");
  wrong("0-9 h CH A 192.0.2.1", "a record of another class");
}

TEST(Generate, TheNumberOfRecordsIsBounded) {
  Seen seen;
  read_zone_text("$GENERATE 1-60 a$ 9 A 192.0.2.1\n$GENERATE 1-41 b$ 9 A 192.0.2.1\n$GENERATE 1-40 c$ 9 A 192.0.2.1\n",
                 apex, seen.reader(), 100);
  EXPECT_THAT(seen.records, SizeIs(100));
  EXPECT_THAT(seen.mistakes, ElementsAre(StartsWith("0:2: more than 100 records of $GENERATE in a zone")));
  EXPECT_THAT(generated("0-2147483647 h$ A 192.0.2.1"), ElementsAre(StartsWith("0:2: more than 16000000 records")));
}
