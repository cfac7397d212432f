#include "protocols/dns/view/view_ranges.hpp"

#include <cstdint>
#include <initializer_list>
#include <vector>

#include <gtest/gtest.h>

namespace view_ranges_test {

using thence::dns::CommonViews;
using thence::dns::most_views;
using thence::dns::ViewRange;
using thence::dns::ViewRanges;
using thence::dns::ViewSet;

ViewSet set(std::initializer_list<std::size_t> views) {
  ViewSet made;
  for (const auto each : views) made.put(each, true);
  return made;
}

TEST(ViewSet, KnowsItsFirstView) {
  EXPECT_EQ(set({}).first(), most_views);
  for (std::size_t view = 0; view < most_views; ++view) EXPECT_EQ(set({view, most_views - 1}).first(), view);
  auto changed = set({3, 200});
  changed.put(3, false);
  EXPECT_EQ(changed, set({200}));
}

TEST(ViewSet, HasInCommonWhatIsInBoth) {
  auto common = set({1, 64, 255});
  common &= set({2, 64, 255});
  EXPECT_EQ(common, set({64, 255}));
  common &= set({1});
  EXPECT_EQ(common, set({}));
}

const std::vector<ViewRange<std::uint32_t>> ranges{
    {0, set({})}, {10, set({1})}, {11, set({1, 2})}, {1000, set({1})}, {0xFFFFFFFF, set({2})}};

TEST(ViewRanges, AKeyIsInTheLastRangeThatBeginsBeforeIt) {
  const ViewRanges<std::uint32_t> found(ranges);
  const std::initializer_list<std::pair<std::uint32_t, std::size_t>> cases{
      {0, 0}, {9, 0}, {10, 1}, {11, 2}, {999, 2}, {1000, 3}, {0xFFFFFFFE, 3}, {0xFFFFFFFF, 4}};
  for (const auto& [key, number] : cases) {
    EXPECT_EQ(found.number(key), number) << key;
    EXPECT_EQ(found.find(key), ranges[number].views) << key;
  }
}

TEST(CommonViews, AreThoseOfAllTheRanges) {
  const CommonViews common(ranges);
  for (std::size_t first = 0; first < ranges.size(); ++first) {
    auto expected = ranges[first].views;
    for (std::size_t last = first; last < ranges.size(); ++last) {
      expected &= ranges[last].views;
      EXPECT_EQ(common.find(first, last), expected) << first << " to " << last;
    }
  }
  EXPECT_EQ(common.find(1, 3), set({1}));
}

}  // namespace view_ranges_test
