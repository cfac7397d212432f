#include "protocols/dns/zone/octet_store.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <gtest/gtest.h>

namespace octet_store_test {

using thence::dns::OctetStore;

/// A store of so many numbers, of three octets each.
OctetStore numbers(std::uint32_t count) {
  OctetStore store;
  for (std::uint32_t i = 0; i < count; ++i) {
    store.append(std::array{static_cast<std::uint8_t>(i >> 16U), static_cast<std::uint8_t>(i >> 8U),
                            static_cast<std::uint8_t>(i)});
  }
  return store;
}

bool holds_numbers(const OctetStore& store, std::uint32_t count) {
  if (store.size() != std::size_t{count} * 3) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto* const at = store.data() + std::size_t{i} * 3;
    if ((std::uint32_t{at[0]} << 16U | std::uint32_t{at[1]} << 8U | at[2]) != i) return false;
  }
  return true;
}

TEST(OctetStore, KeepsWhatItHoldsWhileItGrows) { EXPECT_TRUE(holds_numbers(numbers(300'000), 300'000)); }

TEST(OctetStore, RoomThatIsMadeIsZero) {
  OctetStore store;
  store.append(std::array<std::uint8_t, 2>{1, 2});
  for (const std::size_t octets : {1U, 1000U, 100'000U}) {
    const auto before = store.size();
    auto* const made = store.extend(octets);
    EXPECT_EQ(made, store.data() + before);
    EXPECT_EQ(store.size(), before + octets);
    EXPECT_EQ(std::count(made, made + octets, 0), static_cast<std::ptrdiff_t>(octets));
    std::fill_n(made, octets, std::uint8_t{0xff});
  }
  EXPECT_EQ(store.data()[1], 2);
}

TEST(OctetStore, IsMovedWithoutACopy) {
  auto store = numbers(1000);
  const auto* const data = store.data();
  OctetStore moved(std::move(store));
  EXPECT_EQ(moved.data(), data);
  OctetStore assigned;
  assigned = std::move(moved);
  EXPECT_EQ(assigned.data(), data);
  EXPECT_TRUE(holds_numbers(assigned, 1000));
}

TEST(OctetStore, SettlesAsItIsAndMayGrowOn) {
  auto store = numbers(1'000'000);
  store.settle();
  EXPECT_TRUE(holds_numbers(store, 1'000'000));
  store.extend(1);
  EXPECT_EQ(store.size(), 3'000'001U);
  OctetStore empty;
  empty.settle();
  EXPECT_EQ(empty.size(), 0U);
}

}  // namespace octet_store_test
