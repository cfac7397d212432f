#include "protocols/dns/forward/answer_cache.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

namespace thence::dns {

namespace {

/// The allocator's overhead per block, and its rounding.
constexpr std::size_t block_head = 8;
constexpr std::size_t block_step = 16;

constexpr std::size_t block(std::size_t octets) noexcept {
  return std::max<std::size_t>(32, (octets + block_head + block_step - 1) / block_step * block_step);
}

/// Pointers per answer in the two indexes.
constexpr std::size_t links = 4 * sizeof(void*);

/// One answer takes at most this fraction of the memory.
constexpr std::size_t largest_share = 8;

std::vector<std::uint8_t> joined(Octets key, const UpstreamAnswer& answer) {
  const std::size_t options = forwarded_options_size(answer.options);
  std::vector<std::uint8_t> octets(key.size() + answer.records.size() + options);
  const auto end_of_key = std::ranges::copy(key, octets.begin()).out;
  std::ranges::copy(answer.records, end_of_key);
  copy_forwarded_options(answer.options, std::span(octets).subspan(key.size() + answer.records.size()));
  return octets;
}

}  // namespace

CachedAnswer::CachedAnswer(const HashedKey& key, const UpstreamAnswer& answer, std::uint32_t lifetime,
                           std::uint64_t now)
    : octets_(joined(key.octets, answer)),
      hash_(key.hash),
      stored_(now),
      lifetime_(lifetime),
      records_size_(static_cast<std::uint32_t>(answer.records.size())),
      counts_(answer.counts),
      key_size_(static_cast<std::uint16_t>(key.octets.size())),
      flags_(answer.flags),
      rcode_(answer.rcode) {}

UpstreamAnswer CachedAnswer::answer() const noexcept {
  const Octets behind_key = Octets(octets_).subspan(key_size_);
  return {.flags = flags_,
          .rcode = rcode_,
          .counts = counts_,
          .records = behind_key.first(records_size_),
          .options = behind_key.subspan(records_size_)};
}

std::uint32_t CachedAnswer::age(std::uint64_t now) const noexcept {
  constexpr std::uint64_t second = 1'000'000;
  constexpr auto longest = std::numeric_limits<std::uint32_t>::max();
  return now < stored_ ? longest
                       : static_cast<std::uint32_t>(std::min<std::uint64_t>((now - stored_) / second, longest));
}

std::size_t CachedAnswer::footprint() const noexcept {
  return block(sizeof(CachedAnswer) + links) + block(octets_.capacity());
}

const CachedAnswer* AnswerCache::find(const HashedKey& key, std::uint64_t now) noexcept {
  const auto found = answers_.find(key);
  if (found == answers_.end()) return nullptr;
  if (!found->is_usable(now, stale_)) {
    erase(found);
    return nullptr;
  }
  auto& by_use = answers_.get<1>();
  by_use.relocate(by_use.begin(), answers_.project<1>(found));
  return &*found;
}

void AnswerCache::put(const HashedKey& key, const UpstreamAnswer& answer, std::uint32_t lifetime, std::uint64_t now) {
  if (limit_ == 0) return;
  const auto before = answers_.find(key);
  if (before != answers_.end()) erase(before);
  if (lifetime == 0) return;
  CachedAnswer kept(key, answer, lifetime, now);
  // A few large answers would evict many that are used more.
  if (kept.footprint() > limit_ / largest_share) return;
  auto& by_use = answers_.get<1>();
  by_use.push_front(std::move(kept));
  used_ += by_use.front().footprint();
  while (octets() > limit_ && !by_use.empty()) erase(answers_.project<0>(std::prev(by_use.end())));
}

std::size_t AnswerCache::octets() const noexcept {
  return used_ + (answers_.empty() ? 0 : block(answers_.bucket_count() * sizeof(void*)));
}

void AnswerCache::erase(Answers::iterator answer) noexcept {
  used_ -= answer->footprint();
  answers_.erase(answer);
}

}  // namespace thence::dns
