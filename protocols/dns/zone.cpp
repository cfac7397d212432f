#include "protocols/dns/zone.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace thence::dns {

namespace {

template <typename Value>
Value load(const std::uint8_t* at) noexcept {
  Value value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

Octets Node::name() const noexcept {
  const std::size_t entries = load<std::uint16_t>(block_);
  return {block_ + entries_at + entries * entry_size, block_[flags_at + 1]};
}

Dynamic Node::dynamic() const noexcept { return load<Dynamic>(block_ + 2); }

RRset Node::find(std::uint16_t type) const noexcept {
  const std::size_t entries = load<std::uint16_t>(block_);
  const std::uint8_t* entry = block_ + entries_at;
  const std::uint8_t* records = entry + entries * entry_size + block_[flags_at + 1];
  for (std::size_t i = 0; i < entries; ++i, entry += entry_size) {
    const auto size = load<std::uint32_t>(entry + 4);
    if (load<std::uint16_t>(entry) == type) return {type, load<std::uint16_t>(entry + 2), {records, size}};
    records += size;
  }
  return {};
}

RRset Node::first() const noexcept {
  return load<std::uint16_t>(block_) == 0 ? RRset{} : find(load<std::uint16_t>(block_ + entries_at));
}

Node Zone::find(Octets name) const noexcept {
  const auto matches = [&](std::uint32_t value) {
    const auto other = Node(blocks_.data() + value * block_unit).name();
    return other.size() == name.size() && std::memcmp(other.data(), name.data(), name.size()) == 0;
  };
  const auto value = index_.find(hash(name), matches);
  return value == 0 ? Node() : Node(blocks_.data() + value * block_unit);
}

Match Zone::match(const Name& name) const noexcept {
  if (name.labels() > most_labels_) return match_ancestors(name);
  const Node node = find(name.wire());
  if (!node) return match_ancestors(name);
  if (node.is_cut() || node.is_below_cut()) return delegation(name, 0);
  return {Match::Kind::found, node};
}

Match Zone::delegation(const Name& name, std::size_t label) const noexcept {
  for (;; ++label) {
    const Node node = find(name.without(label));
    if (node.is_cut()) return {Match::Kind::delegated, node, name.offset(label)};
  }
}

Match Zone::match_ancestors(const Name& name) const noexcept {
  std::size_t label = std::max<std::size_t>(1, name.labels() - std::min(name.labels(), most_labels_));
  Node encloser;
  for (;; ++label) {
    encloser = find(name.without(label));
    if (encloser) break;
  }
  if (encloser.is_cut() || encloser.is_below_cut()) return delegation(name, label);
  if (!encloser.has_wildcard()) return {Match::Kind::absent, {}};
  std::array<std::uint8_t, longest_name> wildcard{1, '*'};
  const auto wire = encloser.name();
  std::copy(wire.begin(), wire.end(), wildcard.begin() + 2);
  return {Match::Kind::found, find({wildcard.data(), wire.size() + 2})};
}

}  // namespace thence::dns
