#include "responder/dispatch/traffic_table.hpp"

#include <bit>
#include <cstring>

namespace thence {

namespace {

namespace ip = boost::asio::ip;

// At most two slots per row, so at least half of them stay free.
constexpr std::size_t most_rows = bound_on_addresses + 1;
constexpr std::size_t slots = 4 * bound_on_addresses;

std::uint64_t hash_of(std::uint32_t interface, const ip::address& address) noexcept {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  if (address.is_v4()) {
    low = address.to_v4().to_uint();
  } else {
    const auto bytes = address.to_v6().to_bytes();
    std::memcpy(&high, bytes.data(), sizeof high);
    std::memcpy(&low, bytes.data() + sizeof high, sizeof low);
  }
  // Arbitrary odd constants; multiplication moves the entropy into the upper bits.
  return (high * 0x9E3779B97F4A7C15U) ^ (low * 0xC2B2AE3D27D4EB4FU) ^ (interface * 0x165667B19E3779F9U);
}

void add(Traffic& to, const Traffic& more) noexcept {
  to.requests += more.requests;
  to.replies += more.replies;
  to.dropped += more.dropped;
}

}  // namespace

TrafficTable::TrafficTable(std::size_t protocols) : stride_(all_transports.size() * protocols), hash_(slots) {
  add_row(0, {});
}

void TrafficTable::update(const InterfaceTable& interfaces) {
  TrafficTable now(stride_ / all_transports.size());
  for (const auto& each : interfaces) now.add_row(each.index, {});
  for (const auto& each : interfaces) {
    for (const auto& own : each.addresses) now.add_row(each.index, own.address);
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const auto row = now.look_up(rows_[i].interface, rows_[i].address);
    now.rows_[row].dropped += rows_[i].dropped;
    now.rows_[row].unsent += rows_[i].unsent;
    for (std::size_t each = 0; each < stride_; ++each) {
      add(now.traffic_[row * stride_ + each], traffic_[i * stride_ + each]);
    }
  }
  *this = std::move(now);
}

void TrafficTable::add_row(std::uint32_t interface, const ip::address& address) {
  if (rows_.size() >= most_rows || (interface != 0 && look_up(interface, address) != 0)) return;
  const auto row = static_cast<std::uint16_t>(rows_.size());
  rows_.push_back({interface, address});
  traffic_.resize(traffic_.size() + stride_);
  if (interface == 0) return;
  hash_[slot_of(interface, address)] = {interface, row};
  // If several interfaces have the address, the first counts requests for it that arrive on others.
  if (!address.is_unspecified() && look_up(0, address) == 0) hash_[slot_of(0, address)] = {0, row};
}

std::size_t TrafficTable::slot_of(std::uint32_t interface, const ip::address& address) const noexcept {
  auto slot = static_cast<std::size_t>(hash_of(interface, address) >> (64U - std::countr_zero(slots)));
  while (hash_[slot].row != 0) {
    if (hash_[slot].interface == interface && rows_[hash_[slot].row].address == address) break;
    slot = (slot + 1) % slots;
  }
  return slot;
}

std::size_t TrafficTable::look_up(std::uint32_t interface, const ip::address& address) const noexcept {
  return hash_[slot_of(interface, address)].row;
}

std::size_t TrafficTable::find(const Route& route) const noexcept {
  const auto& address = route.local.address();
  auto row = look_up(route.interface, address);
  if (row == 0) row = look_up(0, address);
  return row != 0 ? row : look_up(route.interface, {});
}

}  // namespace thence
