#pragma once

#include "protocols/dns/zone/octet_store.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace thence::dns {

/// A hash table from names to numbers, with open addressing. It holds no names: the caller compares.
class NameIndex {
 public:
  /// @param names the most that will be inserted
  explicit NameIndex(std::size_t names = 0) : slots_(std::bit_ceil(names * 2 + 1)) {}

  /// Call it when all names are in.
  void settle() const noexcept { use_large_pages(slots_.data(), slots_.size() * sizeof(Slot)); }

  /// @param value not 0
  void insert(std::uint64_t hash, std::uint32_t value) noexcept {
    std::size_t at = first(hash);
    while (slots_[at].value != 0) at = next(at);
    slots_[at] = {tag(hash), value};
  }

  /// Prefetches the slot where find() will begin.
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[first(hash)]); }

  /// @param matches whether a value is that of the wanted name; called for few others
  /// @return 0 if there is none
  template <typename Matches>
  std::uint32_t find(std::uint64_t hash, const Matches& matches) const noexcept {
    for (std::size_t at = first(hash); slots_[at].value != 0; at = next(at)) {
      if (slots_[at].tag == tag(hash) && matches(slots_[at].value)) return slots_[at].value;
    }
    return 0;
  }

 private:
  /// The tag avoids comparing the names of other slots, which are rarely in the processor's cache.
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t value = 0;
  };

  static std::uint32_t tag(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U); }
  std::size_t first(std::uint64_t hash) const noexcept { return hash & (slots_.size() - 1); }
  std::size_t next(std::size_t at) const noexcept { return (at + 1) & (slots_.size() - 1); }

  std::vector<Slot> slots_;
};

}  // namespace thence::dns
