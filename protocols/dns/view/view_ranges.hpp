#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace thence::dns {

/// The largest number of views.
inline constexpr std::size_t most_views = 256;

/// A set of views, which are numbered in order from 0.
class ViewSet {
 public:
  void put(std::size_t view, bool in) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << view % 64;
    auto& word = words_[view / 64];
    word = in ? word | bit : word & ~bit;
  }

  ViewSet& operator&=(const ViewSet& other) noexcept {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }

  /// From the last word to the first, without branches, which could not be predicted.
  /// @return most_views if it is empty
  std::size_t first() const noexcept {
    std::size_t first = most_views;
    for (std::size_t i = words_.size(); i-- > 0;) {
      const auto bit = i * 64 + static_cast<std::size_t>(std::countr_zero(words_[i]));
      first = words_[i] != 0 ? bit : first;
    }
    return first;
  }

  friend auto operator<=>(const ViewSet&, const ViewSet&) = default;

 private:
  std::array<std::uint64_t, most_views / 64> words_{};
};

/// The keys from `first` up to, but not including, that of the next range, or up to the largest key.
template <typename Key>
struct ViewRange {
  Key first;
  ViewSet views;
};

/// Maps keys to sets of views. Immutable.
template <typename Key>
class ViewRanges {
 public:
  /// @param ranges in order; the first one begins with 0
  explicit ViewRanges(const std::vector<ViewRange<Key>>& ranges) {
    for (const auto& each : ranges) sets_.push_back(each.views);
    std::sort(sets_.begin(), sets_.end());
    sets_.erase(std::unique(sets_.begin(), sets_.end()), sets_.end());
    sets_.shrink_to_fit();
    for (const auto& each : ranges) {
      firsts_.push_back(each.first);
      const auto set = std::lower_bound(sets_.begin(), sets_.end(), each.views);
      set_numbers_.push_back(static_cast<std::uint32_t>(set - sets_.begin()));
    }
  }

  /// The number of the range that contains a key. A branchless binary search, as its branches could not be predicted.
  std::size_t number(Key key) const noexcept {
    const Key* first = firsts_.data();
    for (std::size_t size = firsts_.size(); size > 1;) {
      const std::size_t half = size / 2;
      first = first[half] <= key ? first + half : first;
      size -= half;
    }
    return static_cast<std::size_t>(first - firsts_.data());
  }

  const ViewSet& find(Key key) const noexcept { return sets_[set_numbers_[number(key)]]; }

 private:
  // Separate arrays: a search reads many keys but only one set, and many ranges share a set.
  std::vector<Key> firsts_;
  std::vector<std::uint32_t> set_numbers_;
  std::vector<ViewSet> sets_;
};

/// Finds the views that several adjacent ranges have in common. Immutable. A binary tree in which node i is the
/// intersection of its children 2i and 2i+1, and the leaves are the ranges.
class CommonViews {
 public:
  template <typename Key>
  explicit CommonViews(const std::vector<ViewRange<Key>>& ranges) : nodes_(2 * ranges.size()) {
    for (std::size_t i = 0; i < ranges.size(); ++i) nodes_[ranges.size() + i] = ranges[i].views;
    for (std::size_t i = ranges.size() - 1; i > 0; --i) (nodes_[i] = nodes_[2 * i]) &= nodes_[2 * i + 1];
  }

  /// @param first,last range numbers, inclusive
  ViewSet find(std::size_t first, std::size_t last) const noexcept {
    std::size_t begin = nodes_.size() / 2 + first;
    std::size_t end = nodes_.size() / 2 + last;
    ViewSet common = nodes_[end];
    for (; begin < end; begin /= 2, end /= 2) {
      if (begin % 2 == 1) common &= nodes_[begin++];
      if (end % 2 == 1) common &= nodes_[--end];
    }
    return common;
  }

 private:
  std::vector<ViewSet> nodes_;
};

}  // namespace thence::dns
