#include "protocols/dns/zone_builder.hpp"

#include "protocols/dns/message.hpp"
#include "protocols/dns/rdata.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace thence::dns {

namespace {

/// A dynamic name is collected like a record of this type, which is reserved and never that of a record.
constexpr std::uint16_t dynamic_type = 0;

/// What the records of an answer may take besides a header, the longest question and an OPT, in the largest message.
constexpr std::size_t largest_rrset = 65535 - header_size - longest_name - question_tail - opt_size;

/// Types that may stand beside a CNAME (RFC 4035 §2.5, RFC 2181 §10.1).
bool may_be_beside_cname(std::uint16_t type) {
  return type == type::cname || type == type::rrsig || type == type::nsec || type == type::key || type == type::nxt;
}

template <typename Value>
void append(std::vector<std::uint8_t>& to, const Value& value) {
  const auto* const octets = reinterpret_cast<const std::uint8_t*>(&value);
  to.insert(to.end(), octets, octets + sizeof value);
}

void append(std::vector<std::uint8_t>& to, Octets octets) { to.insert(to.end(), octets.begin(), octets.end()); }

void write_record(std::vector<std::uint8_t>& to, std::uint16_t type, std::uint32_t ttl, Octets rdata) {
  std::uint8_t head[record_head];
  write_record_head(head, type, ttl, static_cast<std::uint16_t>(rdata.size()));
  append(to, Octets(head));
  append(to, rdata);
}

/// In the order of octets, the shorter one first where one is the start of the other (RFC 4034 §6.3).
bool is_before(Octets a, Octets b) noexcept {
  const int order = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
  return order != 0 ? order < 0 : a.size() < b.size();
}

/// The name that has a key; see canonical_key().
Name name_of(Octets key, const Name& apex) {
  std::array<std::uint8_t, longest_name> wire;
  auto start = wire.end() - static_cast<std::ptrdiff_t>(apex.size());
  std::ranges::copy(apex.wire(), start);
  // The labels come from the apex down, so each goes in front of those before.
  for (std::size_t at = 0; at < key.size(); ++at) {
    std::vector<std::uint8_t> label(1);
    for (; key[at] != 0; ++at) label.push_back(key[at] == 1 ? static_cast<std::uint8_t>(key[++at] - 1) : key[at]);
    label.front() = static_cast<std::uint8_t>(label.size() - 1);
    start -= static_cast<std::ptrdiff_t>(label.size());
    std::ranges::copy(label, start);
  }
  Name name;
  name.assign({&*start, static_cast<std::size_t>(wire.end() - start)});
  return name;
}

}  // namespace

/// Writes the blocks of a zone, name by name in canonical order, so that a name comes behind all of its ancestors.
class ZoneBuilder::Assembly {
 public:
  explicit Assembly(ZoneBuilder& builder) : builder_(builder), zone_(builder.apex_) {
    // Rather too much, which costs no memory until it is written to, than a copy of everything half-way.
    constexpr std::size_t more_than_in_collection = 12;
    zone_.blocks_.reserve(builder.collected_.size() +
                          builder.items_.size() * (builder.apex_.size() + more_than_in_collection));
    zone_.blocks_.resize(Zone::first_block);
  }

  /// Adds a name and the empty non-terminals above it.
  /// @param group all items of the name
  void add(std::span<const Item> group) {
    const Octets key = builder_.key(group.front());
    while (!path_.empty() && !is_ancestor(path_.back(), key)) path_.pop_back();
    last_key_ = key;
    for (std::size_t end = path_.empty() ? 0 : path_.back().key_end; end < key.size();) {
      end = static_cast<std::size_t>(std::find(key.begin() + static_cast<std::ptrdiff_t>(end), key.end(), 0) -
                                     key.begin()) +
            1;
      if (end < key.size()) write_node(key.first(end), {});
    }
    write_node(key, group);
  }

  Zone finish() {
    zone_.index_ = NameIndex(placed_.size());
    for (const auto& [name_hash, value] : placed_) zone_.index_.insert(name_hash, value);
    return std::move(zone_);
  }

 private:
  /// A name on the way from the apex to the last one.
  struct Ancestor {
    std::size_t key_end;  ///< its key is the start of the last name's key
    std::size_t block;
    bool at_or_below_cut;
  };

  bool is_ancestor(const Ancestor& ancestor, Octets key) const noexcept {
    return ancestor.key_end <= key.size() &&
           std::equal(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(ancestor.key_end), last_key_.begin());
  }

  void write_node(Octets key, std::span<const Item> group) {
    const Name name = name_of(key, builder_.apex_);
    const bool is_wildcard = name.wire()[0] == 1 && name.wire()[1] == '*' && !key.empty();
    const bool below_cut = !path_.empty() && path_.back().at_or_below_cut;
    if (is_wildcard) zone_.blocks_[path_.back().block + Node::flags_at] |= Node::wildcard;

    const auto rrsets = split(group);
    check(name, rrsets, is_wildcard, below_cut);
    const bool has_servers = std::ranges::any_of(rrsets, [](const auto& each) { return each.type == type::ns; });
    const bool is_cut = has_servers && !below_cut && !key.empty();

    auto& blocks = zone_.blocks_;
    blocks.resize((blocks.size() + Zone::block_unit - 1) / Zone::block_unit * Zone::block_unit);
    const std::size_t block = blocks.size();
    if (block / Zone::block_unit > std::numeric_limits<std::uint32_t>::max()) {
      builder_.wrong({}, "more than 16 GiB of data; allowed: a smaller zone");
      return;
    }
    placed_.emplace_back(hash(name.wire()), static_cast<std::uint32_t>(block / Zone::block_unit));
    zone_.most_labels_ = std::max(zone_.most_labels_, name.labels());
    path_.push_back({key.size(), block, below_cut || is_cut});

    const auto stored = static_cast<std::uint16_t>(std::ranges::count_if(rrsets, &Group::stored));
    append(blocks, stored);
    append(blocks, dynamic_of(rrsets));
    append(blocks, static_cast<std::uint8_t>((is_cut ? Node::cut : 0) | (below_cut ? Node::below_cut : 0)));
    append(blocks, static_cast<std::uint8_t>(name.size()));
    const std::size_t entries = blocks.size();
    blocks.resize(entries + stored * Node::entry_size);
    append(blocks, name.wire());
    std::size_t entry = entries;
    for (const auto& rrset : rrsets) {
      if (!rrset.stored) continue;
      const std::size_t records = blocks.size();
      const std::uint16_t count = write_records(rrset);
      const auto size = static_cast<std::uint32_t>(blocks.size() - records);
      if (size > largest_rrset) {
        builder_.wrong(builder_.head(rrset.items.front()).place,
                       "the " + type_text(rrset.type) + " records of " + name.text() + " take " + std::to_string(size) +
                           " octets; allowed: what fits a message, " + std::to_string(largest_rrset));
      }
      std::memcpy(blocks.data() + entry, &rrset.type, sizeof rrset.type);
      std::memcpy(blocks.data() + entry + 2, &count, sizeof count);
      std::memcpy(blocks.data() + entry + 4, &size, sizeof size);
      entry += Node::entry_size;
    }
  }

  /// The items of one name and type.
  struct Group {
    std::uint16_t type;
    bool stored;  ///< false for the dynamic name itself and for records that it stands in for
    std::span<const Item> items;
  };

  std::vector<Group> split(std::span<const Item> items) const {
    std::vector<Group> groups;
    while (!items.empty()) {
      const std::uint16_t type = builder_.head(items.front()).type;
      const auto end = std::ranges::find_if(items, [&](const Item& item) { return builder_.head(item).type != type; });
      const auto count = static_cast<std::size_t>(end - items.begin());
      const bool is_dynamic = !groups.empty() && groups.front().type == dynamic_type;
      const bool stored = type != dynamic_type && !(is_dynamic && DynamicRecord::covers(type));
      groups.push_back({type, stored, items.first(count)});
      items = items.subspan(count);
    }
    return groups;
  }

  Dynamic dynamic_of(const std::vector<Group>& groups) const {
    if (groups.empty() || groups.front().type != dynamic_type) return Dynamic::none;
    return static_cast<Dynamic>(load16(builder_.rdata(groups.front().items.front()).data()));
  }

  /// @return how many there are, each counted once
  std::uint16_t write_records(const Group& rrset) {
    std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
    for (const auto& item : rrset.items) ttl = std::min(ttl, builder_.head(item).ttl);
    std::size_t count = 0;
    for (std::size_t i = 0; i < rrset.items.size(); ++i) {
      if (i > 0 && builder_.is_same_record(rrset.items[i - 1], rrset.items[i])) continue;
      // Signatures of different RRsets are no RRset among themselves (RFC 4035 §2.2).
      const std::uint32_t own_ttl = rrset.type == type::rrsig ? builder_.head(rrset.items[i]).ttl : ttl;
      write_record(zone_.blocks_, rrset.type, own_ttl, builder_.rdata(rrset.items[i]));
      ++count;
    }
    if (rrset.type == type::soa) write_negative_soa(ttl, builder_.rdata(rrset.items.front()));
    return static_cast<std::uint16_t>(count);
  }

  void write_negative_soa(std::uint32_t ttl, Octets rdata) {
    if (!has_sound_names(type::soa, rdata)) return;
    const std::uint32_t minimum = load32(rdata.data() + rdata.size() - 4);
    write_record(zone_.negative_soa_, type::soa, std::min(ttl, minimum), rdata);
    write_record(zone_.fleeting_negative_soa_, type::soa, 0, rdata);
  }

  void check(const Name& name, const std::vector<Group>& groups, bool is_wildcard, bool below_cut) const {
    const bool is_apex = name == builder_.apex_;
    const auto group_of = [&](std::uint16_t type) -> const Group* {
      const auto found = std::ranges::find(groups, type, &Group::type);
      return found == groups.end() ? nullptr : &*found;
    };
    const auto wrong = [&](const Item& item, std::string message) {
      builder_.wrong(builder_.head(item).place, std::move(message));
    };
    for (const auto& group : groups) {
      for (const auto& item : group.items) {
        if (!has_sound_names(group.type, builder_.rdata(item))) {
          wrong(item, "the data of this " + type_text(group.type) + " record is broken; allowed: domain names");
        }
      }
      if (group.type == type::soa && !is_apex) {
        wrong(group.items.front(), "a SOA record at " + name.text() + "; allowed: one, at " + builder_.apex_.text());
      }
      if (group.type == type::ns && is_wildcard) {
        wrong(group.items.front(), "an NS record at the wildcard " + name.text() +
                                       ", which has no meaning (RFC 4592 §4.2); allowed: NS records at other names");
      }
      if (group.type == type::dname) {
        wrong(group.items.front(), "DNAME records are not served yet; allowed: other types");
      }
    }
    if (is_apex) {
      const auto* const soa = group_of(type::soa);
      if (soa == nullptr) {
        builder_.wrong({}, "no SOA record at " + name.text() + "; allowed: exactly one");
      } else if (!builder_.is_same_record(soa->items.front(), soa->items.back())) {
        wrong(soa->items.back(), "a second SOA record at " + name.text() + "; allowed: exactly one");
      }
    }
    const auto* const alias = group_of(type::cname);
    if (alias != nullptr) {
      const auto other = std::ranges::find_if(
          groups, [](const Group& each) { return each.type != dynamic_type && !may_be_beside_cname(each.type); });
      if (!builder_.is_same_record(alias->items.front(), alias->items.back())) {
        wrong(alias->items.back(), "a second CNAME record at " + name.text() + "; allowed: one");
      }
      if (other != groups.end()) {
        wrong(alias->items.front(), "a CNAME record and other data (" + type_text(other->type) + ") at " + name.text() +
                                        "; allowed: a CNAME alone (RFC 2181 §10.1)");
      }
    }
    const auto* const dynamic = group_of(dynamic_type);
    if (dynamic == nullptr) return;
    const Item& item = dynamic->items.front();
    if (dynamic->items.size() > 1) wrong(dynamic->items.back(), name.text() + " is named twice; allowed: once");
    if (alias != nullptr) wrong(item, name.text() + " has a CNAME record; allowed: a name without one");
    if (below_cut || (group_of(type::ns) != nullptr && !is_apex)) {
      wrong(item, name.text() + " is delegated to other servers; allowed: a name that this zone answers for");
    }
  }

  ZoneBuilder& builder_;
  Zone zone_;
  std::vector<Ancestor> path_;
  Octets last_key_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> placed_;  ///< hash of a name and its block, for the index
};

void ZoneBuilder::add(const Record& record, Place place) {
  collect(record.owner, record.type, record.ttl, record.rdata, place);
}

void ZoneBuilder::add_dynamic(const Name& owner, Dynamic dynamic, Place place) {
  std::uint8_t kind[2];
  store16(kind, static_cast<std::uint16_t>(dynamic));
  collect(owner, dynamic_type, 0, kind, place);
}

void ZoneBuilder::collect(const Name& owner, std::uint16_t type, std::uint32_t ttl, Octets rdata, Place place) {
  if (!owner.is_within(apex_.wire())) {
    wrong(place, owner.text() + " is out of the zone; allowed: names within " + apex_.text());
    return;
  }
  const auto key = canonical_key(owner, apex_.labels());
  std::uint64_t key_start = 0;
  for (std::size_t i = 0; i < sizeof key_start; ++i) {
    key_start = key_start << 8U | (i < key.size() ? static_cast<std::uint8_t>(key[i]) : 0U);
  }
  items_.push_back({key_start, collected_.size()});
  append(collected_, Head{.ttl = ttl,
                          .place = place,
                          .type = type,
                          .key_size = static_cast<std::uint16_t>(key.size()),
                          .rdata_size = static_cast<std::uint16_t>(rdata.size())});
  collected_.insert(collected_.end(), key.begin(), key.end());
  append(collected_, rdata);
}

std::optional<Zone> ZoneBuilder::build() && {
  const auto in_order = [this](const Item& a, const Item& b) { return less(a, b); };
  // A zone file that a program wrote is in order already.
  if (!std::is_sorted(items_.begin(), items_.end(), in_order)) std::sort(items_.begin(), items_.end(), in_order);
  if (items_.empty() || !key(items_.front()).empty()) {
    wrong({}, "no SOA record at " + apex_.text() + "; allowed: exactly one");
    return std::nullopt;
  }
  Assembly assembly(*this);
  for (std::span<const Item> rest(items_); !rest.empty();) {
    const Octets name = key(rest.front());
    const auto end = std::ranges::find_if(rest, [&](const Item& item) { return !std::ranges::equal(key(item), name); });
    const auto count = static_cast<std::size_t>(end - rest.begin());
    assembly.add(rest.first(count));
    rest = rest.subspan(count);
  }
  if (complained_) return std::nullopt;
  collected_ = {};
  items_ = {};
  return assembly.finish();
}

bool ZoneBuilder::less(const Item& a, const Item& b) const noexcept {
  if (a.key_start != b.key_start) return a.key_start < b.key_start;
  if (!std::ranges::equal(key(a), key(b))) return is_before(key(a), key(b));
  const auto type_a = head(a).type;
  const auto type_b = head(b).type;
  if (type_a != type_b) return type_a < type_b;
  const auto order = compare_rdata(type_a, rdata(a), rdata(b));
  return order != 0 ? order < 0 : head(a).ttl < head(b).ttl;
}

/// Of two items of one name and type.
bool ZoneBuilder::is_same_record(const Item& a, const Item& b) const noexcept {
  return compare_rdata(head(a).type, rdata(a), rdata(b)) == 0;
}

ZoneBuilder::Head ZoneBuilder::head(const Item& item) const noexcept {
  Head head{};
  std::memcpy(&head, collected_.data() + item.at, sizeof head);
  return head;
}

Octets ZoneBuilder::key(const Item& item) const noexcept {
  return {collected_.data() + item.at + sizeof(Head), head(item).key_size};
}

Octets ZoneBuilder::rdata(const Item& item) const noexcept {
  const auto sizes = head(item);
  return {collected_.data() + item.at + sizeof(Head) + sizes.key_size, sizes.rdata_size};
}

void ZoneBuilder::wrong(Place place, std::string message) {
  complained_ = true;
  complain_(place, std::move(message));
}

}  // namespace thence::dns
