#include "protocols/dns/forward/question_key.hpp"

#include "tests/unit/protocols/dns/question.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

namespace question_key_test {

using dns_asking::Octets;
using dns_question::Question;
using thence::dns::HashSecret;
using thence::dns::QuestionKey;
using namespace std::chrono_literals;

namespace {

TEST(QuestionKeys, TellQuestionsApart) {
  std::vector<QuestionKey> keys;
  const auto add = [&](const dns_asking::Query& query) { keys.push_back(Question(query).key()); };
  add({.name = "a.example"});
  add({.name = "b.example"});
  add({.name = "a.example", .type = "AAAA"});
  add({.name = "a.example", .rr_class = 3});
  for (const unsigned flags : {0x0000U, 0x0120U, 0x0110U}) add({.name = "a.example", .flags = flags});
  add({.name = "a.example", .additional = {dns_asking::opt(1232)}});
  add({.name = "a.example", .additional = {dns_asking::opt(1232, 0, true)}});
  for (const std::uint8_t subnet : std::initializer_list<std::uint8_t>{1, 2}) {
    add({.name = "a.example",
         .additional = {dns_asking::opt(1232, 0, false, dns_asking::option(8, {0, 1, 8, 0, subnet}))}});
  }
  keys.push_back(Question("a.example").key(1));
  keys.push_back(Question("a.example").key(0, "192.0.2.1"));
  keys.push_back(Question("a.example").key(0, "2001:db8::1"));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(keys[i].hashed() == keys[j].hashed()) << i << ' ' << j;
  }
}

TEST(QuestionKeys, AreTheSameForWhatMakesNoDifference) {
  const auto cookie = dns_asking::option(10, Octets(8));
  const auto same = [](const dns_asking::Query& a, const dns_asking::Query& b) {
    return Question(a).key().hashed() == Question(b).key().hashed();
  };
  EXPECT_TRUE(same({.name = "a.example", .id = 1}, {.name = "A.Example", .id = 2}));
  EXPECT_TRUE(same({.name = "a.example", .additional = {dns_asking::opt(512)}},
                   {.name = "a.example", .additional = {dns_asking::opt(4096, 0, false, cookie)}}));
}

TEST(QuestionKeys, HaveHashesThatDependOnTheSecret) {
  const Question question("a.example");
  const QuestionKey a(HashSecret{1}, 0, {}, question.query);
  const QuestionKey b(HashSecret{2}, 0, {}, question.query);
  EXPECT_NE(a.hashed().hash, b.hashed().hash);
}

}  // namespace

}  // namespace question_key_test
