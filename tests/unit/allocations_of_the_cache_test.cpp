// The cache's bound is in octets of memory: it has to know what the allocator takes.

#include "protocols/dns/forward/answer_cache.hpp"
#include "tests/unit/protocols/dns/question.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

using namespace std::chrono_literals;

namespace {

std::size_t octets_in_use() {
  const auto memory = mallinfo2();
  return memory.uordblks + memory.hblkhd;
}

TEST(Allocations, OfTheCacheAreKnownToIt) {
  for (const std::size_t records : {1U, 3U, 40U}) {
    const auto before = octets_in_use();
    std::optional<thence::dns::AnswerCache> cache(std::in_place, 64UL * 1024 * 1024, 1h);
    for (int i = 0; i < 20'000; ++i) {
      const dns_question::Question question("name" + std::to_string(i) + ".example");
      const dns_question::Read read(
          question, {.answer = std::vector<dns_asking::Octets>(records, dns_upstream::address_record())});
      cache->put(question.key().hashed(), read.answer, 60, 1'700'000'000'000'000);
    }
    const auto taken = static_cast<double>(octets_in_use() - before);
    ASSERT_GT(taken, 0) << "another allocator, which does not tell";
    EXPECT_NEAR(static_cast<double>(cache->octets()) / taken, 1, 0.03) << records;
    cache.reset();
  }
}

}  // namespace
