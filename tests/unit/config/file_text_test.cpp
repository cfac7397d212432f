#include "config/file_text.hpp"

#include "tests/unit/temporary_file.hpp"

#include <gtest/gtest.h>

namespace file_text_test {

using thence::config::read_file_text;

TEST(FileText, IsReadToItsEnd) {
  const std::string content("a\r\n\0b", 5);
  EXPECT_EQ(read_file_text(TemporaryFile(content).path(), 1024).text, content);
  EXPECT_EQ(read_file_text(TemporaryFile("").path(), 1024).text, "");
  const std::string long_text(200'000, 'x');
  EXPECT_EQ(read_file_text(TemporaryFile(long_text).path(), long_text.size()).text, long_text);
}

TEST(FileText, NoMoreIsReadThanShowsThatItIsLonger) {
  EXPECT_EQ(read_file_text("/dev/zero", 100'000).text, std::string(100'001, '\0'));
}

TEST(FileText, WhyItCannotBeReadIsSaid) {
  EXPECT_EQ(read_file_text("/none", 1).unreadable, "No such file or directory");
  EXPECT_EQ(read_file_text("/", 1).unreadable, "Is a directory");
}

}  // namespace file_text_test
