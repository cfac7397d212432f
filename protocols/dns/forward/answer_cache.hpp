#pragma once

#include "protocols/dns/forward/question_key.hpp"
#include "protocols/dns/forward/upstream_message.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/multi_index/hashed_index.hpp>
#include <boost/multi_index/identity.hpp>
#include <boost/multi_index/sequenced_index.hpp>
#include <boost/multi_index_container.hpp>

namespace thence::dns {

/// An answer in the cache.
class CachedAnswer {
 public:
  /// @param lifetime seconds
  /// @param now microseconds of a monotonic clock, as everywhere in this file
  /// @throws std::bad_alloc
  CachedAnswer(const HashedKey& key, const UpstreamAnswer& answer, std::uint32_t lifetime, std::uint64_t now);

  /// The upstream's answer, with only those options that are passed on.
  UpstreamAnswer answer() const noexcept;

  /// Seconds since it arrived; wraps to a huge value for an earlier time.
  std::uint32_t age(std::uint64_t now) const noexcept;
  bool is_fresh(std::uint64_t now) const noexcept { return age(now) < lifetime_; }
  bool is_usable(std::uint64_t now, std::chrono::seconds stale) const noexcept {
    return age(now) < lifetime_ + static_cast<std::uint64_t>(stale.count());
  }

  HashedKey key() const noexcept { return {Octets(octets_).first(key_size_), hash_}; }
  /// Octets of memory that it uses in the cache.
  std::size_t footprint() const noexcept;

 private:
  std::vector<std::uint8_t> octets_;  ///< key, records, options
  std::uint64_t hash_;
  std::uint64_t stored_;
  std::uint32_t lifetime_;
  std::uint32_t records_size_;
  std::array<std::uint16_t, 3> counts_;
  std::uint16_t key_size_;
  std::uint16_t flags_;
  std::uint16_t rcode_;
};

/// An LRU cache of upstream answers, for one worker, with a fixed memory limit.
class AnswerCache {
 public:
  /// @param octets the memory limit; 0: nothing is cached
  /// @param stale how long after it expires an answer may still be found
  AnswerCache(std::size_t octets, std::chrono::seconds stale) noexcept : limit_(octets), stale_(stale) {}

  /// The answer to a question, which may have expired. Does not allocate.
  /// @return nullptr if there is none; else valid until the next call of put()
  const CachedAnswer* find(const HashedKey& key, std::uint64_t now) noexcept;

  /// Stores an answer, replacing the previous one to that question.
  /// @param lifetime seconds; 0: removes the previous one and stores nothing
  /// @throws std::bad_alloc; it is then not stored
  void put(const HashedKey& key, const UpstreamAnswer& answer, std::uint32_t lifetime, std::uint64_t now);

  std::size_t answers() const noexcept { return answers_.size(); }
  /// Octets of memory in use, as the allocator counts them.
  std::size_t octets() const noexcept;

 private:
  struct Hash {
    std::size_t operator()(const CachedAnswer& answer) const noexcept { return answer.key().hash; }
    std::size_t operator()(const HashedKey& key) const noexcept { return key.hash; }
  };
  struct Equal {
    bool operator()(const CachedAnswer& a, const CachedAnswer& b) const noexcept { return a.key() == b.key(); }
    bool operator()(const HashedKey& a, const CachedAnswer& b) const noexcept { return a == b.key(); }
    bool operator()(const CachedAnswer& a, const HashedKey& b) const noexcept { return a.key() == b; }
  };
  /// By question, and by last use, most recent first.
  using Answers = boost::multi_index_container<
      CachedAnswer, boost::multi_index::indexed_by<
                        boost::multi_index::hashed_unique<boost::multi_index::identity<CachedAnswer>, Hash, Equal>,
                        boost::multi_index::sequenced<>>>;

  void erase(Answers::iterator answer) noexcept;

  std::size_t limit_;
  std::chrono::seconds stale_;
  Answers answers_;
  std::size_t used_ = 0;  ///< octets of the answers, not counting the table
};

}  // namespace thence::dns
