// Which answers are kept, for how long, and how much memory they take.

#include "protocols/dns/forward/answer_cache.hpp"

#include "protocols/dns/forward/failure_memory.hpp"
#include "tests/unit/protocols/dns/question.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace answer_cache_test {

using dns_asking::Octets;
using dns_question::Question;
using dns_question::Read;
using dns_upstream::address_record;
using dns_upstream::Answer;
using dns_upstream::record;
using dns_upstream::soa_record;
using thence::dns::AnswerCache;
using thence::dns::lifetime_of;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t now = 1'700'000'000 * second;

std::uint32_t lifetime(const Answer& says, const std::string& type = "A") {
  const Question question(dns_asking::Query{.name = "a.example", .type = type});
  return lifetime_of(Read(question, says).answer, question.query.type);
}

class Cache : public testing::Test {
 protected:
  void put(const std::string& name, std::uint32_t seconds = 60, std::uint64_t when = now, std::size_t records = 1) {
    const Question question(name);
    const Read read(question, {.answer = std::vector<Octets>(records, address_record())});
    cache.put(question.key().hashed(), read.answer, seconds, when);
  }

  bool has(const std::string& name, std::uint64_t when = now) {
    return cache.find(Question(name).key().hashed(), when) != nullptr;
  }

  AnswerCache cache{64UL * 1024, 1h};
};

TEST(Lifetime, IsTheLowestTtlOfTheAnswer) {
  EXPECT_EQ(lifetime({.answer = {address_record(300), address_record(200)}, .authority = {soa_record(5, 5)}}), 200U);
  EXPECT_EQ(lifetime({.answer = {address_record(0)}}), 0U);
  EXPECT_EQ(lifetime({.answer = {address_record(0x80000000U)}}), 0U) << "RFC 2181 section 8";
  EXPECT_EQ(lifetime({.answer = {address_record(0x7FFFFFFF)}}), 86'400U);
  EXPECT_EQ(lifetime({.answer = {address_record(70)}}, "ANY"), 70U);
}

TEST(Lifetime, OfADenialIsWhatTheSoaSays) {
  EXPECT_EQ(lifetime({.authority = {soa_record(600, 60)}}), 60U);
  EXPECT_EQ(lifetime({.authority = {soa_record(30, 60)}}), 30U);
  EXPECT_EQ(lifetime({.rcode = 3, .authority = {soa_record(600, 60)}}), 60U);
  const auto alias = record(5, 20, {0});
  EXPECT_EQ(lifetime({.rcode = 3, .answer = {alias}, .authority = {soa_record(600, 60)}}), 20U);
  EXPECT_EQ(lifetime({.answer = {alias}, .authority = {soa_record(600, 10)}}), 10U);
  EXPECT_EQ(lifetime({.answer = {alias}}), 20U) << "an alias that leads out of what the upstream knows";
  EXPECT_EQ(lifetime({}), 0U) << "without a SOA";
  EXPECT_EQ(lifetime({.rcode = 3}), 0U);
  EXPECT_EQ(lifetime({.authority = {record(6, 60, {0, 0})}}), 0U) << "that is no SOA";
}

TEST(Lifetime, IsNoneOfAnythingElse) {
  for (const unsigned rcode : {1U, 2U, 4U, 5U, 6U, 9U}) {
    EXPECT_EQ(lifetime({.rcode = rcode, .answer = {address_record()}, .authority = {soa_record(9, 9)}}), 0U);
  }
  EXPECT_EQ(lifetime({.flags = 0x8380, .answer = {address_record()}}), 0U) << "truncated";
}

TEST_F(Cache, FindsWhatWasPut) {
  put("a.example");
  const auto* const found = cache.find(Question("A.eXample").key().hashed(), now + 59 * second);
  ASSERT_NE(found, nullptr);
  EXPECT_TRUE(found->is_fresh(now + 59 * second));
  EXPECT_EQ(found->age(now + 59 * second), 59U);
  EXPECT_EQ(found->answer().records.size(), address_record().size());
  EXPECT_EQ(found->answer().counts[0], 1U);
  EXPECT_EQ(found->answer().flags, 0x8180U);
  EXPECT_FALSE(has("b.example"));
}

TEST_F(Cache, KeepsWhatIsOverForALittleLonger) {
  put("a.example");
  const auto* const found = cache.find(Question("a.example").key().hashed(), now + 60 * second);
  ASSERT_NE(found, nullptr);
  EXPECT_FALSE(found->is_fresh(now + 60 * second));
  EXPECT_TRUE(has("a.example", now + 3659 * second));
  EXPECT_FALSE(has("a.example", now + 3660 * second));
  EXPECT_EQ(cache.answers(), 0U);
}

TEST_F(Cache, ForgetsWhatIsOfTheFuture) {
  put("a.example");
  EXPECT_FALSE(has("a.example", now - 1));
}

TEST_F(Cache, ReplacesAnAnswer) {
  put("a.example", 60, now, 5);
  const auto before = cache.octets();
  put("a.example", 60, now + 10 * second);
  EXPECT_EQ(cache.answers(), 1U);
  EXPECT_LT(cache.octets(), before);
  EXPECT_TRUE(cache.find(Question("a.example").key().hashed(), now + 60 * second)->is_fresh(now + 60 * second));
  put("a.example", 0);
  EXPECT_FALSE(has("a.example")) << "the upstream says that the old one is over";
}

TEST_F(Cache, GivesUpWhatWasNotUsedForLongest) {
  put("first.example");
  put("second.example");
  for (int i = 0; i < 5000; ++i) {
    put("more" + std::to_string(i) + ".example");
    EXPECT_LE(cache.octets(), 64U * 1024);
    ASSERT_TRUE(has("first.example")) << i;
  }
  EXPECT_FALSE(has("second.example"));
  EXPECT_GT(cache.answers(), 200U);
}

TEST_F(Cache, KeepsNothingThatTakesTooMuch) {
  put("a.example", 60, now, 1000);
  EXPECT_FALSE(has("a.example"));
  AnswerCache none(0, 1h);
  const Question question("a.example");
  const Read read(question, {.answer = {address_record()}});
  none.put(question.key().hashed(), read.answer, 60, now);
  EXPECT_EQ(none.answers(), 0U);
}

}  // namespace

}  // namespace answer_cache_test
