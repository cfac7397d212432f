// How a zone file falls into entries.

#include "protocols/dns/text/zone_entries.hpp"

#include "tests/unit/protocols/dns/text/zone_text.hpp"

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zone_entries_test {

using dns_zone_text::read_text;
using dns_zone_text::ZoneFile;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using namespace thence::dns;

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

TEST_F(ZoneFile, AFileWithoutAnyLineIsNotReadToItsEnd) {
  for (const auto* const start : {"a 9 TXT (", ";", "a 9 A 192.0.2.1 ) "}) {
    write("t.zone", start);
    std::filesystem::resize_file(folder / "t.zone", std::uintmax_t{1} << 40U);
    EXPECT_THAT(read().mistakes, ElementsAre("t.zone:1: reading the file failed: File too large; allowed: a zone file"))
        << start;
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

}  // namespace zone_entries_test
