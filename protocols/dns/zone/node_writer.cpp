#include "protocols/dns/zone/node_writer.hpp"

#include "protocols/dns/wire/rdata.hpp"
#include "protocols/dns/wire/type.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <tuple>

namespace thence::dns {

namespace {

/// Most octets of a reply's options: the longest cookie, NSID, client subnet and extended error.
constexpr std::size_t options_room = 350;

/// Most octets of an answer's records with their signatures: the largest message less header, longest question and OPT.
constexpr std::size_t largest_rrset = 65535 - header_size - longest_name - question_tail - opt_size - options_room;

/// Types that may coexist with a CNAME (RFC 4035 §2.5, RFC 2181 §10.1).
bool may_be_beside_cname(std::uint16_t type) {
  return type == type::cname || type == type::rrsig || type == type::nsec || type == type::key || type == type::nxt;
}

bool is_wildcard(const Name& name) noexcept { return name.wire()[0] == 1 && name.wire()[1] == '*'; }

template <typename Value>
void put(std::uint8_t* at, Value value) noexcept {
  std::memcpy(at, &value, sizeof value);
}

}  // namespace

void Gathering::add(std::uint16_t type, std::uint32_t ttl, Octets rdata, Place place) {
  const auto covered = type == type::rrsig && rdata.size() >= 2 ? load16(rdata.data()) : std::uint16_t{0};
  items_.push_back({type, covered, ttl, place, octets_.size(), rdata.size()});
  octets_.insert(octets_.end(), rdata.begin(), rdata.end());
}

void Gathering::add(const Node& node, const Name& apex, Place place) {
  for (const auto& rrset : node.all()) {
    for (Octets rest = rrset.records; !rest.empty();) {
      const std::size_t size = load16(rest.data() + record_head - 2);
      add(rrset.type, load32(rest.data() + record_head - 6),
          expand_rdata(rrset.type, rest.subspan(record_head, size), apex), place);
      rest = rest.subspan(record_head + size);
    }
  }
  if (node.dynamic() != 0) set_dynamic(node.dynamic(), place);
}

void Gathering::set_dynamic(std::uint16_t dynamic, Place place) {
  named_twice_ = dynamic_ != 0;
  dynamic_ = dynamic;
  dynamic_place_ = place;
}

void Gathering::clear() noexcept {
  items_.clear();
  octets_.clear();
  dynamic_ = 0;
  named_twice_ = false;
}

void NodeWriter::write(const Name& name, Gathering& gathering, OctetStore& store) {
  auto groups = split(gathering);
  check(name, gathering, groups);
  // A dynamic name replaces these.
  if (gathering.dynamic_ != 0) {
    const auto& dynamic = dynamic_[gathering.dynamic_ - 1U];
    std::erase_if(groups, [&](const Group& group) { return dynamic.covers(group.type); });
  }
  const auto signed_types = std::ranges::count(groups, type::rrsig, &Group::type);
  const std::size_t block = store.size();
  std::uint8_t* const head = store.extend(Node::entries_at + groups.size() * Node::entry_size);
  put(head, static_cast<std::uint16_t>(groups.size() - static_cast<std::size_t>(signed_types)));
  put(head + 2, static_cast<std::uint16_t>(signed_types));
  put(head + 4, gathering.dynamic_);
  head[Node::flags_at + 1] = static_cast<std::uint8_t>(name.size());
  store.append(name.wire());
  std::size_t entry = block + Node::entries_at;
  std::vector<std::size_t> sizes;
  for (const auto& group : groups) {
    const std::size_t records = store.size();
    const std::uint16_t count = write_records(group, gathering, store);
    const auto size = static_cast<std::uint32_t>(store.size() - records);
    put(store.data() + entry, group.type == type::rrsig ? group.covered : group.type);
    put(store.data() + entry + 2, count);
    put(store.data() + entry + 4, size);
    entry += Node::entry_size;
    sizes.push_back(size);
  }
  check_sizes(name, groups, sizes);
}

/// @param sizes octets of each group
void NodeWriter::check_sizes(const Name& name, const std::vector<Group>& groups,
                             const std::vector<std::size_t>& sizes) const {
  const auto signatures = std::ranges::find(groups, type::rrsig, &Group::type);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t size = sizes[i];
    const auto own = std::ranges::lower_bound(signatures, groups.end(), groups[i].type, {}, &Group::covered);
    if (own != groups.end() && own->covered == groups[i].type) {
      size += sizes[static_cast<std::size_t>(own - groups.begin())];
    }
    if (size <= largest_rrset) continue;
    wrong(groups[i].items.front().place, "the " + type_text(groups[i].type) + " records of " + name.text() + " take " +
                                             std::to_string(size) + " octets; allowed: what fits a message, " +
                                             std::to_string(largest_rrset));
  }
}

/// Groups the records by type, signatures last.
std::vector<NodeWriter::Group> NodeWriter::split(Gathering& gathering) const {
  using Item = Gathering::Item;
  const auto rank = [](const Item& item) { return std::tuple(item.type == type::rrsig, item.type, item.covered); };
  std::ranges::sort(gathering.items_, [&](const Item& a, const Item& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    const auto order = compare_rdata(a.type, gathering.rdata(a), gathering.rdata(b));
    return order != 0 ? order < 0 : std::tie(a.ttl, a.at) < std::tie(b.ttl, b.at);
  });
  std::vector<Group> groups;
  for (std::span<const Item> rest(gathering.items_); !rest.empty();) {
    const auto end = std::ranges::find_if(rest, [&](const Item& item) { return rank(item) != rank(rest.front()); });
    const auto count = static_cast<std::size_t>(end - rest.begin());
    groups.push_back({rest.front().type, rest.front().covered, rest.first(count)});
    rest = rest.subspan(count);
  }
  return groups;
}

/// @return their number without duplicates (RFC 2181 §5)
std::uint16_t NodeWriter::write_records(const Group& group, const Gathering& gathering, OctetStore& store) const {
  // The records of an RRset get the lowest of their TTLs (RFC 2181 §5.2).
  std::uint32_t ttl = std::numeric_limits<std::uint32_t>::max();
  for (const auto& item : group.items) ttl = std::min(ttl, item.ttl);
  std::size_t count = 0;
  const Gathering::Item* before = nullptr;
  for (const auto& item : group.items) {
    const Octets rdata = gathering.rdata(item);
    if (before != nullptr && compare_rdata(group.type, gathering.rdata(*before), rdata) == 0) continue;
    before = &item;
    // Signatures of different RRsets do not form an RRset (RFC 4035 §2.2).
    const std::uint32_t own_ttl = group.type == type::rrsig ? item.ttl : ttl;
    const auto write = [&](Octets written) {
      write_record_head(store.extend(record_head), group.type, own_ttl, static_cast<std::uint16_t>(written.size()));
      store.append(written);
    };
    if (compressible_names(group.type).count == 0 || !has_sound_names(group.type, rdata)) {
      write(rdata);
    } else {
      write(compress_rdata(group.type, rdata, apex_));
    }
    ++count;
  }
  return static_cast<std::uint16_t>(count);
}

void NodeWriter::check(const Name& name, const Gathering& gathering, const std::vector<Group>& groups) const {
  const bool is_apex = name == apex_;
  const auto is_same = [&](const Group& group) {
    return compare_rdata(group.type, gathering.rdata(group.items.front()), gathering.rdata(group.items.back())) == 0;
  };
  const auto has = [&](std::uint16_t type) { return std::ranges::find(groups, type, &Group::type) != groups.end(); };
  for (const auto& group : groups) {
    const Place first = group.items.front().place;
    for (const auto& item : group.items) {
      if (!has_sound_names(group.type, gathering.rdata(item))) {
        wrong(item.place, "the data of this " + type_text(group.type) + " record is broken; allowed: domain names");
      }
    }
    const auto alone = [&] {
      if (is_same(group)) return;
      wrong(group.items.back().place,
            "a second " + type_text(group.type) + " record at " + name.text() + "; allowed: one");
    };
    switch (group.type) {
      case type::soa:
        if (!is_apex) {
          wrong(first, "a SOA record at " + name.text() + "; allowed: one, at " + apex_.text());
        } else if (!is_same(group)) {
          wrong(group.items.back().place, "a second SOA record at " + name.text() + "; allowed: exactly one");
        }
        break;
      case type::ns:
        if (is_wildcard(name) && !is_apex) {
          wrong(first, "an NS record at the wildcard " + name.text() +
                           ", which has no meaning (RFC 4592 §4.2); allowed: NS records at other names");
        }
        break;
      case type::dname:
        alone();
        if (has(type::ns) && !is_apex) {
          wrong(first, "DNAME and NS records at " + name.text() +
                           "; allowed: a name that is either redirected or delegated (RFC 6672 §2.3)");
        }
        break;
      case type::cname: {
        alone();
        const auto other =
            std::ranges::find_if(groups, [](const Group& each) { return !may_be_beside_cname(each.type); });
        if (other != groups.end()) {
          wrong(first, "a CNAME record and other data (" + type_text(other->type) + ") at " + name.text() +
                           "; allowed: a CNAME alone (RFC 2181 §10.1)");
        }
        break;
      }
      default:
        break;
    }
  }
  check_dynamic(name, gathering, groups);
}

void NodeWriter::check_dynamic(const Name& name, const Gathering& gathering, const std::vector<Group>& groups) const {
  if (gathering.dynamic_ == 0) return;
  const auto has = [&](std::uint16_t type) { return std::ranges::find(groups, type, &Group::type) != groups.end(); };
  const Place place = gathering.dynamic_place_;
  if (gathering.named_twice_) wrong(place, name.text() + " is named twice; allowed: once");
  if (has(type::cname)) wrong(place, name.text() + " has a CNAME record; allowed: a name without one");
  if (has(type::ns) && name != apex_) {
    wrong(place, name.text() + " is delegated to other servers; allowed: a name that this zone answers for");
  }
}

}  // namespace thence::dns
