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

Node Zone::find_covering(const Name& name) const noexcept {
  const Node node = find(name.wire());
  return node ? node : wildcard_of(encloser_of(name).node);
}

Match Zone::match(const Name& name) const noexcept {
  // A name with more labels than any here need not be looked for.
  const Node node = name.labels() > most_labels_ ? Node() : find(name.wire());
  const Encloser encloser = node ? Encloser{node, 0} : encloser_of(name);
  if (encloser.node.is_cut() || encloser.node.is_below_cut()) return delegation(name, encloser.label);
  const Node found = node ? node : wildcard_of(encloser.node);
  return {found ? Match::Kind::found : Match::Kind::absent, found};
}

Match Zone::delegation(const Name& name, std::size_t label) const noexcept {
  for (;; ++label) {
    const Node node = find(name.without(label));
    if (node.is_cut()) return {Match::Kind::delegated, node, name.offset(label)};
  }
}

Zone::Encloser Zone::encloser_of(const Name& name) const noexcept {
  // The ancestors of a name that exists exist too. So of this name's, those from some label on do, down to the apex,
  // and halving finds that label: a search one by one would hash all octets of a long name for each of its labels.
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

}  // namespace thence::dns
