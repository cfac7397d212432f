#include "config/small_file.hpp"

#include "tests/unit/temporary_file.hpp"

#include <gtest/gtest.h>

namespace small_file_test {

using namespace thence::config;

namespace {

/// What is read of a file that may have 1024 octets; else what is said.
std::string read(const std::string& path) {
  Problems problems;
  const auto document = Document::parse("t.yaml", "x");
  const auto text = read_small_file(Cursor(document, problems), path, "file of tests", 1024);
  if (text) return *text;
  std::string said;
  for (const auto& each : problems.sorted()) said += each.text() + '\n';
  return said;
}

TEST(SmallFile, IsReadWholeAsItStands) {
  const std::string content("a\r\n\0b", 5);
  EXPECT_EQ(read(TemporaryFile(content).path()), content);
  EXPECT_EQ(read(TemporaryFile("").path()), "");
  EXPECT_EQ(read(TemporaryFile(std::string(1024, 'x')).path()), std::string(1024, 'x'));
}

TEST(SmallFile, AnotherOneIsRefused) {
  const TemporaryFile large(std::string(1025, 'x'));
  EXPECT_EQ(read(large.path()), large.path() + ": is no file of tests; allowed: at most 1 KiB\n");
  EXPECT_EQ(read("/none"), "t.yaml:1:1: '/none' cannot be read: No such file or directory; allowed: a file of tests\n");
  EXPECT_EQ(read("/dev/zero"), "t.yaml:1:1: '/dev/zero' is no regular file; allowed: a file of tests\n");
}

}  // namespace

}  // namespace small_file_test
