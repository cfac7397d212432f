#include "responder/log/log.hpp"

#include <array>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace log_test {

using namespace thence;
using namespace std::chrono_literals;
using config::LogFormat;
using log::LogLevel;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

constexpr auto last_line = "the last line";

/// The standard error is a pipe, which holds less than some of these tests write.
class Log : public testing::Test {
 protected:
  Log() {
    if (::pipe(ends_.data()) != 0) throw std::runtime_error("no pipe");
    standard_error_ = ::dup(STDERR_FILENO);
    ::dup2(ends_[1], STDERR_FILENO);
    ::close(ends_[1]);
  }
  ~Log() override {
    ::dup2(standard_error_, STDERR_FILENO);
    ::close(standard_error_);
    ::close(ends_[0]);
    log::start({LogLevel::error, LogFormat::text});
  }
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// All that comes, up to the last line, which is left out.
  std::vector<std::string> read() const {
    std::string all;
    std::array<char, 4096> chunk{};
    while (all.find(last_line) == std::string::npos || all.back() != '\n') {
      const auto size = ::read(ends_[0], chunk.data(), chunk.size());
      if (size <= 0) break;
      all.append(chunk.data(), static_cast<std::size_t>(size));
    }
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < all.size();) {
      const auto end = all.find('\n', begin);
      lines.push_back(all.substr(begin, end - begin));
      begin = end + 1;
    }
    lines.pop_back();
    return lines;
  }

  /// The lines so far.
  std::vector<std::string> written() const {
    log::write(LogLevel::error, last_line);
    return read();
  }

  /// The one line so far, which is JSON.
  boost::json::object event() const {
    const auto lines = written();
    EXPECT_EQ(lines.size(), 1U);
    return boost::json::parse(lines.at(0)).as_object();
  }

 private:
  std::array<int, 2> ends_{};
  int standard_error_ = -1;
};

}  // namespace

TEST_F(Log, WhatWaitsToBeWrittenStaysInTheFormatOfItsTime) {
  constexpr int lines_each = 400;
  const std::string padding(1000, 'x');
  const auto write_some = [&](int from) {
    for (int i = from; i < from + lines_each; ++i) log::write(LogLevel::info, "line", {{"number", i}, {"x", padding}});
  };
  log::start({LogLevel::info, LogFormat::text});
  write_some(0);
  auto reading = std::async(std::launch::async, [&] {
    std::this_thread::sleep_for(50ms);
    return read();
  });
  log::start({LogLevel::info, LogFormat::json});
  write_some(lines_each);
  log::start({LogLevel::error, LogFormat::text});
  log::write(LogLevel::error, last_line);
  const auto lines = reading.get();
  ASSERT_EQ(lines.size(), 2U * lines_each);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < lines_each) {
      EXPECT_THAT(lines[i], EndsWith(" info: line number=" + std::to_string(i) + " x=" + padding));
    } else {
      EXPECT_EQ(boost::json::parse(lines[i]).at("number"), boost::json::value(i));
    }
  }
}

TEST_F(Log, JsonHasTextAsTextAndNumbersAsNumbers) {
  log::start({LogLevel::info, LogFormat::json});
  const std::uint64_t large = 1'000'000'000'000;
  log::write(LogLevel::warning, "it is \"so\"",
             {{"text", std::string("53")},
              {"literal", "a\\b"},
              {"port", std::uint16_t{53}},
              {"negative", -1},
              {"zero", 0},
              {"large", large},
              {"held-back", log::count(7)},
              {"list", log::Json{R"(["udp",1])"}}});
  auto got = event();
  EXPECT_THAT(std::string(got["time"].as_string()), testing::ContainsRegex("^20..-..-..T..:..:...*[+-]..:..$"));
  got.erase("time");
  EXPECT_EQ(got, boost::json::parse(R"({"level": "warning", "message": "it is \"so\"", "text": "53", "literal": "a\\b",
                                        "port": 53, "negative": -1, "zero": 0, "large": 1000000000000, "held-back": 7,
                                        "list": ["udp", 1]})")
                     .as_object());
}

TEST_F(Log, TextHasQuotesWhereTheyAreNeeded) {
  log::start({LogLevel::info, LogFormat::text});
  log::write(LogLevel::info, "so it is", {{"plain", "a=b"}, {"blank", "a b"}, {"quote", "a\"b"}, {"number", 53}});
  EXPECT_THAT(written(),
              testing::ElementsAre(EndsWith(R"( info: so it is plain=a=b blank="a b" quote="a\"b" number=53)")));
}

TEST_F(Log, TextHasNoControlCharacters) {
  log::start({LogLevel::info, LogFormat::text});
  log::write(LogLevel::info, "so\x1b[1m\xc2\x9b", {{"value", "a\x7f\xff"}, {"name", "\u00e9"}});
  EXPECT_THAT(written(),
              testing::ElementsAre(EndsWith(" info: so\\x1b[1m\\xc2\\x9b value=\"a\\\\x7f\\\\xff\" name=\u00e9")));
}

TEST_F(Log, WhatIsEmptyIsLeftOut) {
  for (const auto format : {LogFormat::text, LogFormat::json}) {
    log::start({LogLevel::info, format});
    log::write(LogLevel::info, "so it is", {{"absent", ""}, {"held-back", log::count(0)}, {"there", 0}});
    EXPECT_THAT(written(),
                testing::ElementsAre(AllOf(HasSubstr("there"), Not(HasSubstr("absent")), Not(HasSubstr("held-back")))));
  }
}

TEST_F(Log, MoreFieldsFollow) {
  log::start({LogLevel::info, LogFormat::text});
  const std::vector<log::Field> more{{"name", "www.example.com"}, {"type", 1}};
  log::write(LogLevel::info, "request", {{"protocol", "dns"}}, more);
  EXPECT_THAT(written(), testing::ElementsAre(EndsWith(" request protocol=dns name=www.example.com type=1")));
}

TEST_F(Log, JsonIsUtf8WhateverAValueIsMadeOf) {
  log::start({LogLevel::info, LogFormat::json});
  log::write(LogLevel::info, "\xff", {{"interface", "eth\x80\n"}, {"name", "\u00e9"}});
  auto got = event();
  EXPECT_EQ(got["message"], "\\xff");
  EXPECT_EQ(got["interface"], "eth\\x80\\x0a");
  EXPECT_EQ(got["name"], "\u00e9");
}

TEST_F(Log, LinesBelowTheLevelAreNotWritten) {
  log::start({LogLevel::warning, LogFormat::text});
  log::write(LogLevel::info, "not this");
  log::write(LogLevel::warning, "this");
  EXPECT_THAT(written(), testing::ElementsAre(EndsWith(" warning: this")));
}

}  // namespace log_test
