// The stamps by which a change of a file is seen.

#include "protocols/dns/text/file_stamp.hpp"

#include "tests/unit/protocols/dns/text/zone_text.hpp"

#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>

namespace file_stamp_test {

using dns_zone_text::ZoneFile;
using namespace thence::dns;

namespace {

using ZoneFileStamps = ZoneFile;

}  // namespace

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

}  // namespace file_stamp_test
