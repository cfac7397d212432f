#include "protocols/dns/zone/zone.hpp"

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

/// The fixed start of a block.
struct Head {
  explicit Head(const std::uint8_t* block) noexcept
      : rrsets(load<std::uint16_t>(block)), signed_types(load<std::uint16_t>(block + 2)) {}

  std::size_t rrsets;
  std::size_t signed_types;
};

}  // namespace

Octets Node::name() const noexcept {
  const Head head(block_);
  return {block_ + entries_at + (head.rrsets + head.signed_types) * entry_size, block_[flags_at + 1]};
}

std::uint16_t Node::dynamic() const noexcept { return load<std::uint16_t>(block_ + 4); }

RRset Node::find(std::uint16_t type) const noexcept {
  const Head head(block_);
  const std::uint8_t* entry = block_ + entries_at;
  const std::uint8_t* const signatures = entry + head.rrsets * entry_size;
  const std::uint8_t* records = signatures + head.signed_types * entry_size + block_[flags_at + 1];
  for (; entry != signatures; entry += entry_size) {
    const auto size = load<std::uint32_t>(entry + 4);
    if (load<std::uint16_t>(entry) == type) return {type, load<std::uint16_t>(entry + 2), {records, size}};
    records += size;
  }
  if (type != type::rrsig) return {};
  unsigned count = 0;
  std::size_t size = 0;
  for (std::size_t i = 0; i < head.signed_types; ++i, entry += entry_size) {
    count += load<std::uint16_t>(entry + 2);
    size += load<std::uint32_t>(entry + 4);
  }
  return {type, static_cast<std::uint16_t>(count), {records, size}};
}

RRset Node::signatures(std::uint16_t covered) const noexcept {
  const Head head(block_);
  if (head.signed_types == 0) return {};
  const std::uint8_t* entry = block_ + entries_at;
  const std::uint8_t* records = entry + (head.rrsets + head.signed_types) * entry_size + block_[flags_at + 1];
  for (std::size_t i = 0; i < head.rrsets; ++i, entry += entry_size) records += load<std::uint32_t>(entry + 4);
  for (std::size_t i = 0; i < head.signed_types; ++i, entry += entry_size) {
    const auto size = load<std::uint32_t>(entry + 4);
    if (load<std::uint16_t>(entry) == covered) return {type::rrsig, load<std::uint16_t>(entry + 2), {records, size}};
    records += size;
  }
  return {};
}

RRset Node::first() const noexcept {
  return load<std::uint16_t>(block_) == 0 ? RRset{} : find(load<std::uint16_t>(block_ + entries_at));
}

std::vector<RRset> Node::all() const {
  const Head head(block_);
  std::vector<RRset> rrsets;
  const std::uint8_t* entry = block_ + entries_at;
  for (std::size_t i = 0; i < head.rrsets + head.signed_types; ++i, entry += entry_size) {
    const auto type = load<std::uint16_t>(entry);
    rrsets.push_back(i < head.rrsets ? find(type) : signatures(type));
  }
  return rrsets;
}

std::size_t Node::size() const noexcept {
  const Head head(block_);
  const std::uint8_t* entry = block_ + entries_at;
  std::size_t size = entries_at + block_[flags_at + 1];
  for (std::size_t i = 0; i < head.rrsets + head.signed_types; ++i, entry += entry_size) {
    size += entry_size + load<std::uint32_t>(entry + 4);
  }
  return size;
}

Node Zone::find(Octets name) const noexcept {
  const auto matches = [&](std::uint32_t value) {
    const auto other = node_at(value).name();
    return other.size() == name.size() && std::memcmp(other.data(), name.data(), name.size()) == 0;
  };
  const auto value = index_.find(hash(name), matches);
  return value == 0 ? Node() : node_at(value);
}

void Zone::prefetch_block(std::uint64_t name_hash) const noexcept {
  constexpr std::size_t cache_line = 64;
  const auto value = index_.find(name_hash, [](std::uint32_t) { return true; });
  const std::uint8_t* const block = store_.data() + std::size_t{value} * block_unit;
  __builtin_prefetch(block);
  __builtin_prefetch(block + cache_line);
  __builtin_prefetch(block + 2 * cache_line);
}

Node Zone::find_covering(const Name& name) const noexcept {
  const Node node = find(name.wire());
  return node ? node : wildcard_of(encloser_of(name).node);
}

Match Zone::match(const Name& name) const noexcept {
  // A name with more labels than any here need not be looked up.
  const Node node = name.labels() > most_labels_ ? Node() : find(name.wire());
  const Encloser encloser = node ? Encloser{node, 0} : encloser_of(name);
  const Encloser visible = visible_from(name, encloser);
  if (visible.node.is_cut()) return {Match::Kind::delegated, visible.node, visible.label};
  if (visible.label > 0 && visible.node.has_dname()) return {Match::Kind::redirected, visible.node, visible.label};
  if (node) return {Match::Kind::found, node, 0};
  const Node wildcard = wildcard_of(encloser.node);
  return {wildcard ? Match::Kind::wildcard : Match::Kind::absent, wildcard, encloser.label};
}

Zone::Encloser Zone::visible_from(const Name& name, Encloser from) const noexcept {
  while (from.node.is_hidden()) {
    ++from.label;
    from.node = find(name.without(from.label));
  }
  return from;
}

Zone::Encloser Zone::encloser_of(const Name& name) const noexcept {
  // The ancestors of an existing name exist too. So this name's ancestors exist from some label on, down to the apex,
  // and a binary search finds that label; a linear one would hash all octets of a long name for each of its labels.
  std::size_t absent = name.labels() > most_labels_ ? name.labels() - most_labels_ - 1U : 0U;
  Encloser closest{apex_node(), static_cast<std::size_t>(name.labels() - apex_.labels())};
  while (closest.label - absent > 1) {
    const std::size_t middle = absent + (closest.label - absent) / 2;
    const Node node = find(name.without(middle));
    if (node) {
      closest = {node, middle};
    } else {
      absent = middle;
    }
  }
  return closest;
}

Node Zone::wildcard_of(Node node) const noexcept {
  if (!node.has_wildcard()) return {};
  std::array<std::uint8_t, longest_name> wildcard{1, '*'};
  const auto wire = node.name();
  std::copy(wire.begin(), wire.end(), wildcard.begin() + 2);
  return find({wildcard.data(), wire.size() + 2});
}

Node Zone::nsec_at_or_before(Octets name) const noexcept {
  const auto after = std::upper_bound(nsec_.begin(), nsec_.end(), name, [&](Octets wanted, std::uint32_t value) {
    return canonical_order(wanted, node_at(value).name()) < 0;
  });
  return after == nsec_.begin() ? Node() : node_at(*(after - 1));
}

Zone::Nsec3Match Zone::nsec3_at_or_before(const Nsec3Hash& hash) const noexcept {
  const auto after =
      std::upper_bound(nsec3_.begin(), nsec3_.end(), hash,
                       [](const Nsec3Hash& wanted, const Nsec3Entry& entry) { return wanted < entry.hash; });
  const auto& entry = after == nsec3_.begin() ? nsec3_.back() : *(after - 1);
  return {node_at(entry.block), entry.hash == hash};
}

std::uint32_t Zone::serial() const noexcept {
  constexpr std::size_t from_end = 20;  // it is the first of five numbers (RFC 1035 §3.3.13)
  return load32(negative_soa_.data() + negative_soa_.size() - from_end);
}

}  // namespace thence::dns
