// The limit of replies a client prefix gets.

#include "protocols/rate_limit.hpp"

#include "tests/unit/protocols/dns/asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rate_limit_test {

using dns_asking::Responder;
using testing::HasSubstr;
using thence::RateLimit;

using Decision = RateLimit::Decision;

namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t start = 1'700'000'000 * second;

boost::asio::ip::address address(const std::string& text) { return boost::asio::ip::make_address(text); }

boost::asio::ip::address ipv4(std::uint32_t number) { return boost::asio::ip::address_v4(number); }

/// How many of so many queries at one time are answered.
int answered(RateLimit& limit, const boost::asio::ip::address& client, int queries, std::uint64_t now) {
  int answers = 0;
  for (int i = 0; i < queries; ++i) answers += limit.take(client, now) == Decision::answer ? 1 : 0;
  return answers;
}

std::string mistakes(const std::string& yaml) {
  try {
    Responder server{yaml};
  } catch (const thence::config::Invalid& invalid) {
    return invalid.what();
  }
  return "none";
}

}  // namespace

TEST(RateLimitPerPrefix, GivesASecondsWorthAtOnceAndThenByAndBy) {
  RateLimit limit({.per_second = 200});
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 1000, start), 200);
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 1000, start + second / 10), 20);
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 1000, start + second / 10), 0);
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 1000, start + 5 * second), 200);
}

TEST(RateLimitPerPrefix, HoldsAtEveryRate) {
  for (const std::uint32_t rate : {1U, 3U, 7U, 300U, 999U, 1000000U}) {
    RateLimit limit({.per_second = rate});
    const auto many = static_cast<int>(rate) * 2;
    const auto first = answered(limit, address("192.0.2.1"), many, start);
    EXPECT_NEAR(first, rate, rate / 100.0) << rate;
    int later = 0;
    for (std::uint64_t tick = 1; tick <= 1000; ++tick) {
      later += answered(limit, address("192.0.2.1"), many / 100 + 1, start + tick * 4000);
    }
    EXPECT_NEAR(later, 4.0 * rate, rate / 50.0) << rate;
  }
}

TEST(RateLimitPerPrefix, CountsThePrefixes) {
  RateLimit limit({.per_second = 1, .ipv4_prefix = 24, .ipv6_prefix = 56});
  const auto takes = [&](const std::string& client) { return limit.take(address(client), start) == Decision::answer; };
  EXPECT_TRUE(takes("192.0.2.1"));
  EXPECT_FALSE(takes("192.0.2.255"));
  EXPECT_TRUE(takes("192.0.3.1"));
  EXPECT_TRUE(takes("193.0.2.1"));
  EXPECT_TRUE(takes("2001:db8::1"));
  EXPECT_FALSE(takes("2001:db8:0:ff::1"));
  EXPECT_TRUE(takes("2001:db8:0:100::1"));
  EXPECT_TRUE(takes("2001:db9::1"));
  EXPECT_TRUE(takes("::1:2"));
  EXPECT_FALSE(takes("::c000:201"));

  RateLimit whole({.per_second = 1, .ipv4_prefix = 32, .ipv6_prefix = 128});
  for (const auto* const each : {"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"}) {
    EXPECT_EQ(whole.take(address(each), start), Decision::answer) << each;
    EXPECT_NE(whole.take(address(each), start), Decision::answer) << each;
  }
  RateLimit coarse({.per_second = 1, .ipv4_prefix = 1, .ipv6_prefix = 65});
  EXPECT_EQ(coarse.take(address("1.2.3.4"), start), Decision::answer);
  EXPECT_NE(coarse.take(address("127.2.3.4"), start), Decision::answer);
  EXPECT_EQ(coarse.take(address("128.2.3.4"), start), Decision::answer);
  EXPECT_EQ(coarse.take(address("2001:db8::1"), start), Decision::answer);
  EXPECT_NE(coarse.take(address("2001:db8::2"), start), Decision::answer);
  EXPECT_EQ(coarse.take(address("2001:db8::8000:0:0:1"), start), Decision::answer);
}

TEST(RateLimitPerPrefix, SlipsEveryNth) {
  const auto decisions = [](std::uint32_t slip) {
    RateLimit limit({.per_second = 1, .slip = slip});
    std::string text;
    for (int i = 0; i < 7; ++i) text += "asd"[static_cast<int>(limit.take(address("192.0.2.1"), start))];
    return text;
  };
  EXPECT_EQ(decisions(0), "adddddd");
  EXPECT_EQ(decisions(1), "assssss");
  EXPECT_EQ(decisions(2), "adsdsds");
  EXPECT_EQ(decisions(3), "addsdds");
}

TEST(RateLimitPerPrefix, AClockThatGoesBackLimitsNobodyForLong) {
  RateLimit limit({.per_second = 10});
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 100, start), 10);
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 100, start - 3600 * second), 10);
  EXPECT_EQ(answered(limit, address("192.0.2.1"), 100, start - 3600 * second), 0);
}

/// More prefixes than the table holds, each once: the one that is over its limit is not forgotten, and nobody who comes
/// for the first time is limited.
TEST(RateLimitPerPrefix, AFloodFromManySourcesNeitherLiftsTheLimitNorLocksOut) {
  RateLimit limit({.per_second = 10});
  const auto flooder = address("192.0.2.1");
  int flooded = answered(limit, flooder, 100, start);
  int others = 0;
  constexpr int sources = 300'000;
  for (int i = 0; i < sources; ++i) {
    const auto now = start + static_cast<std::uint64_t>(i) * 3;  // 333,000 a second
    others += limit.take(ipv4(0x0B000000U + static_cast<std::uint32_t>(i) * 256U), now) == Decision::answer ? 1 : 0;
    if (i % 10 == 0) flooded += limit.take(flooder, now) == Decision::answer ? 1 : 0;
  }
  EXPECT_EQ(others, sources);
  EXPECT_LE(flooded, 10 + 9) << "0.9 seconds at 10 a second, after the first 10";
}

TEST(RateLimitMistakes, AreNamed) {
  EXPECT_EQ(mistakes("rate-limit: { per-second: 1000000, slip: 10, ipv4-prefix: 1, ipv6-prefix: 128 }"), "none");
  const auto told = mistakes("rate-limit: { per-second: 0, slip: 11, ipv4-prefix: 33, ipv6-prefix: 0, burst: 1 }");
  EXPECT_THAT(told, HasSubstr("rate-limit.per-second: "));
  EXPECT_THAT(told, HasSubstr("rate-limit.slip: "));
  EXPECT_THAT(told, HasSubstr("rate-limit.ipv4-prefix: "));
  EXPECT_THAT(told, HasSubstr("rate-limit.ipv6-prefix: "));
  EXPECT_THAT(told, HasSubstr("rate-limit.burst: unknown key"));
  EXPECT_THAT(mistakes("rate-limit: {}"), HasSubstr("rate-limit.per-second: is missing"));
}

}  // namespace rate_limit_test
