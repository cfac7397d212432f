#include "protocols/dns/zone/zone_builder.hpp"

#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/rdata.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace thence::dns {

namespace {

/// An NSEC3 record or its signature, whose owners are not names of the zone (RFC 5155 §7.2.8).
bool is_of_nsec3(const Record& record) noexcept {
  if (record.type == type::nsec3) return true;
  return record.type == type::rrsig && record.rdata.size() >= 2 && load16(record.rdata.data()) == type::nsec3;
}

/// Records of one name in a row: more than fit messages, over all types.
constexpr std::size_t most_records = 262'144;

bool has_address(const Node& node) noexcept {
  return node && (node.find(type::a) || node.find(type::aaaa) || node.dynamic() != 0);
}

}  // namespace

ZoneBuilder::ZoneBuilder(const Name& apex, Complain complain)
    : zone_(apex),
      complain_([this, told = std::move(complain)](Place place, Gravity gravity, std::string message) {
        mistaken_ = mistaken_ || gravity == Gravity::mistake;
        told(place, gravity, std::move(message));
      }),
      writer_(zone_.apex_, zone_.dynamic_, complain_),
      owner_(apex) {
  zone_.store_.extend(Zone::first_block);
}

void ZoneBuilder::add(const Record& record, Place place) {
  if (!record.owner.is_within(zone_.apex_.wire())) {
    complain_(place, Gravity::warning,
              record.owner.text() + " is out of the zone and left out; allowed: names within " + zone_.apex_.text());
    return;
  }
  gather(record.owner, is_of_nsec3(record));
  if (gathering_.size() >= most_records) {
    if (!mistaken_) {
      complain_(place, Gravity::mistake,
                "more records at " + record.owner.text() +
                    " than messages have room for; allowed: " + std::to_string(most_records));
    }
    return;
  }
  gathering_.add(record.type, record.ttl, record.rdata, place);
}

void ZoneBuilder::add_dynamic(const Name& owner, Dynamic dynamic, Place place) {
  if (!owner.is_within(zone_.apex_.wire())) {
    complain_(place, Gravity::mistake,
              owner.text() + " is out of the zone; allowed: names within " + zone_.apex_.text());
    return;
  }
  auto& all = zone_.dynamic_;
  if (all.size() == std::numeric_limits<std::uint16_t>::max()) {
    complain_(place, Gravity::mistake, "too many dynamic names; allowed: " + std::to_string(all.size()) + " in a zone");
    return;
  }
  all.push_back(std::move(dynamic));
  gather(owner, false);
  gathering_.set_dynamic(static_cast<std::uint16_t>(all.size()), place);
  dynamic_ = place;
}

void ZoneBuilder::set_reverse(const Reverse& reverse, Place place) {
  if (!reverse_prefix(zone_.apex_)) {
    complain_(place, Gravity::mistake,
              zone_.apex_.text() + " has no names of addresses; allowed: in a zone below in-addr.arpa. or ip6.arpa.");
    return;
  }
  zone_.reverse_ = reverse;
  dynamic_ = place;
}

void ZoneBuilder::gather(const Name& owner, bool is_nsec3) {
  if (owner == owner_ && is_nsec3 == owner_is_nsec3_) return;
  flush();
  owner_ = owner;
  owner_is_nsec3_ = is_nsec3;
}

void ZoneBuilder::flush() {
  if (gathering_.empty()) return;
  const Place place = gathering_.place();
  const auto value = write(owner_, gathering_);
  auto& blocks = owner_is_nsec3_ ? nsec3_blocks_ : blocks_;
  blocks.push_back({canonical_start(owner_, zone_.apex_.labels()), value, place});
  gathering_.clear();
}

std::uint32_t ZoneBuilder::write(const Name& name, Gathering& gathering) {
  auto& store = zone_.store_;
  store.extend((Zone::block_unit - store.size() % Zone::block_unit) % Zone::block_unit);
  const std::size_t value = store.size() / Zone::block_unit;
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    if (!mistaken_) complain_({}, Gravity::mistake, "more than 16 GiB of data; allowed: a smaller zone");
    return Zone::first_block / Zone::block_unit;
  }
  writer_.write(name, gathering, store);
  return static_cast<std::uint32_t>(value);
}

std::uint8_t& ZoneBuilder::flags_of(std::uint32_t value) noexcept {
  return zone_.store_.data()[std::size_t{value} * Zone::block_unit + Node::flags_at];
}

std::optional<Zone> ZoneBuilder::build() && {
  flush();
  for (auto* const blocks : {&blocks_, &nsec3_blocks_}) {
    sort(*blocks);
    merge(*blocks);
  }
  if (waste_ > zone_.store_.size() / 4) compact();
  const auto is_apex = [&](const Block& block) {
    return std::ranges::equal(node(block.value).name(), zone_.apex_.wire());
  };
  if (blocks_.empty() || !is_apex(blocks_.front()) || !node(blocks_.front().value).find(type::soa)) {
    complain_({}, Gravity::mistake, "no SOA record at " + zone_.apex_.text() + "; allowed: exactly one");
    return std::nullopt;
  }
  zone_.apex_block_ = std::size_t{blocks_.front().value} * Zone::block_unit;
  auto order = walk();
  if (mistaken_) return std::nullopt;
  blocks_ = std::vector<Block>();  // frees them; {} would only clear it
  zone_.index_ = NameIndex(order.size());
  for (const auto value : order) zone_.index_.insert(hash(node(value).name()), value);
  check_servers();
  std::erase_if(order, [&](std::uint32_t value) { return node(value).is_hidden() || !node(value).find(type::nsec); });
  zone_.nsec_ = std::move(order);
  zone_.nsec_.shrink_to_fit();
  read_signing();
  write_negative_soa();
  if (mistaken_) return std::nullopt;
  zone_.store_.settle();
  zone_.index_.settle();
  return std::move(zone_);
}

void ZoneBuilder::sort(std::vector<Block>& blocks) const {
  const auto in_order = [this](const Block& a, const Block& b) {
    if (a.start != b.start) return a.start < b.start;
    const auto order = canonical_order(node(a.value).name(), node(b.value).name());
    return order != 0 ? order < 0 : a.value < b.value;
  };
  // Zone files written by programs are already in order.
  if (!std::is_sorted(blocks.begin(), blocks.end(), in_order)) std::sort(blocks.begin(), blocks.end(), in_order);
}

/// Merges the blocks of one name into one.
void ZoneBuilder::merge(std::vector<Block>& blocks) {
  auto kept = blocks.begin();
  for (auto first = blocks.begin(); first != blocks.end(); ++kept) {
    const Octets name = node(first->value).name();
    const auto end = std::find_if(first + 1, blocks.end(), [&](const Block& other) {
      return other.start != first->start || !std::ranges::equal(node(other.value).name(), name);
    });
    if (end - first == 1) {
      *kept = *first++;
      continue;
    }
    Gathering together;
    for (auto each = first; each != end; ++each) {
      together.add(node(each->value), zone_.apex_, each->place);
      waste_ += node(each->value).size();
    }
    Name owner;
    owner.assign(name);
    const auto place = first->place;
    const auto start = first->start;
    first = end;
    *kept = {start, write(owner, together), place};
  }
  blocks.erase(kept, blocks.end());
}

void ZoneBuilder::compact() {
  OctetStore to;
  to.extend(Zone::first_block);
  for (auto* const blocks : {&blocks_, &nsec3_blocks_}) {
    for (auto& block : *blocks) {
      to.extend((Zone::block_unit - to.size() % Zone::block_unit) % Zone::block_unit);
      const auto value = static_cast<std::uint32_t>(to.size() / Zone::block_unit);
      const Node from = node(block.value);
      to.append({zone_.store_.data() + std::size_t{block.value} * Zone::block_unit, from.size()});
      block.value = value;
    }
  }
  zone_.store_ = std::move(to);
}

/// Walks the names in canonical order, which reaches each name after its ancestors; adds the empty non-terminals, and
/// marks what cuts, DNAMEs and wildcards mean for other names.
/// @return all names
std::vector<std::uint32_t> ZoneBuilder::walk() {
  std::vector<std::uint32_t> order;
  std::vector<std::uint32_t> path;  // from the apex down to the current name
  order.reserve(blocks_.size() + blocks_.size() / 64);
  for (const auto& block : blocks_) {
    Name name;
    name.assign(node(block.value).name());
    zone_.most_labels_ = std::max(zone_.most_labels_, name.labels());
    while (!path.empty() && !name.is_within(node(path.back()).name())) path.pop_back();
    while (!path.empty() && zone_.apex_.labels() + path.size() < name.labels()) {
      Name between;
      between.assign(name.without(name.labels() - zone_.apex_.labels() - path.size()));
      Gathering none;
      const auto value = write(between, none);
      set_flags(value, path, block.place);
      path.push_back(value);
      order.push_back(value);
    }
    set_flags(block.value, path, block.place);
    path.push_back(block.value);
    order.push_back(block.value);
  }
  return order;
}

void ZoneBuilder::set_flags(std::uint32_t value, const std::vector<std::uint32_t>& path, Place place) {
  const Node at = node(value);
  unsigned flags = 0;
  if (!path.empty()) {
    const Node parent = node(path.back());
    if (parent.is_cut() || parent.is_hidden() || parent.has_dname()) flags |= Node::hidden;
    if (at.name()[0] == 1 && at.name()[1] == '*') flags_of(path.back()) |= Node::wildcard;
    Name name;
    if (parent.has_dname()) {
      name.assign(at.name());
      complain_(place, Gravity::mistake,
                name.text() + " is below a DNAME record, which redirects it; allowed: no names below (RFC 6672 §2.4)");
    } else if ((flags & Node::hidden) != 0 && at.dynamic() != 0) {
      name.assign(at.name());
      complain_(place, Gravity::mistake,
                name.text() + " is delegated to other servers; allowed: a name that this zone answers for");
    }
  }
  if ((flags & Node::hidden) == 0) {
    const bool has_servers = static_cast<bool>(at.find(type::ns));
    if (has_servers) servers_.emplace_back(value, place);
    if (has_servers && !path.empty()) flags |= Node::cut;
    if (at.find(type::dname)) flags |= Node::dname;
  }
  flags_of(value) |= static_cast<std::uint8_t>(flags);
}

/// Warns of missing NS records at the apex, and of name servers without addresses.
void ZoneBuilder::check_servers() {
  if (servers_.empty() || node(servers_.front().first) != zone_.apex_node()) {
    complain_({}, Gravity::warning, "no NS record at " + zone_.apex_.text() + "; allowed: at least one");
  }
  for (const auto& [value, place] : servers_) {
    const RRset servers = node(value).find(type::ns);
    std::size_t at = 0;
    for (std::uint16_t i = 0; i < servers.count; ++i) {
      Name server;
      server.assign(servers.records.subspan(at + record_head), zone_.apex_);
      at += record_head + load16(servers.records.data() + at + record_head - 2);
      if (!server.is_within(zone_.apex_.wire()) || has_address(zone_.find_covering(server))) continue;
      const Match match = zone_.match(server);
      // Names of another zone are that zone's concern.
      if (match.kind == Match::Kind::delegated && match.node != node(value)) continue;
      Name owner;
      owner.assign(node(value).name());
      complain_(
          place, Gravity::warning,
          "the name server " + server.text() + " of " + owner.text() + " has no address; allowed: A or AAAA records");
    }
  }
  servers_ = {};
}

void ZoneBuilder::read_signing() {
  const Node apex = zone_.apex_node();
  const RRset wanted = apex.find(type::nsec3param);
  const bool is_signed = !zone_.nsec_.empty() || wanted;
  if (is_signed && dynamic_) {
    complain_(*dynamic_, Gravity::mistake,
              "a dynamic name in a signed zone, for which there can be no signature; allowed: a zone without DNSSEC");
  }
  for (Octets rest = wanted.records; !rest.empty() && zone_.nsec3_.empty();) {
    const std::size_t size = load16(rest.data() + record_head - 2);
    const Octets rdata = rest.subspan(record_head, size);
    rest = rest.subspan(record_head + size);
    // One with flags set is only for the signer (RFC 5155 §4.1.2).
    if (rdata.size() < 2 || rdata[1] != 0) continue;
    if (const auto parameters = read_nsec3_parameters(rdata)) gather_nsec3(*parameters);
  }
  if (wanted && zone_.nsec_.empty() && zone_.nsec3_.empty()) {
    complain_({}, Gravity::warning,
              "an NSEC3PARAM record for which there are no NSEC3 records; allowed: a whole chain");
  }
  nsec3_blocks_ = std::vector<Block>();
}

/// During a change of parameters, a zone has the records of both sets (RFC 5155 §10.4).
void ZoneBuilder::gather_nsec3(const Nsec3Parameters& parameters) {
  for (const auto& block : nsec3_blocks_) {
    const Octets name = node(block.value).name();
    const auto hash = read_nsec3_label(name.first(name[0] + 1U));
    const RRset record = node(block.value).find(type::nsec3);
    if (!hash || !record || read_nsec3_parameters(record.records.subspan(record_head)) != parameters) continue;
    zone_.nsec3_.push_back({*hash, block.value});
  }
  if (zone_.nsec3_.empty()) return;
  if (parameters.iterations > most_nsec3_iterations) {
    complain_({}, Gravity::mistake,
              "NSEC3 records with " + std::to_string(parameters.iterations) + " iterations; allowed: up to " +
                  std::to_string(most_nsec3_iterations));
  } else if (parameters.iterations > many_nsec3_iterations) {
    complain_(
        {}, Gravity::warning,
        "NSEC3 records with " + std::to_string(parameters.iterations) +
            " iterations, with which validators take the zone for unsigned and each denial is expensive; allowed: "
            "0 (RFC 9276 §3.1)");
  }
  zone_.nsec3_parameters_ = parameters;
  std::ranges::sort(zone_.nsec3_, {}, &Zone::Nsec3Entry::hash);
  zone_.nsec3_.shrink_to_fit();
}

void ZoneBuilder::write_negative_soa() {
  const Node apex = zone_.apex_node();
  const RRset soa = apex.find(type::soa);
  const RRset signatures = apex.signatures(type::soa);
  const std::uint32_t minimum = load32(soa.records.data() + soa.records.size() - 4);
  const std::uint32_t ttl = std::min(load32(soa.records.data() + record_head - 6), minimum);
  const auto with_ttl = [](const RRset& rrset, std::uint32_t seconds) {
    std::vector<std::uint8_t> records(rrset.records.begin(), rrset.records.end());
    for (std::size_t at = 0; at < records.size(); at += record_head + load16(records.data() + at + record_head - 2)) {
      store32(records.data() + at + record_head - 6, seconds);
    }
    return records;
  };
  zone_.negative_soa_ = with_ttl(soa, ttl);
  zone_.negative_soa_signatures_ = with_ttl(signatures, ttl);
  zone_.negative_soa_signature_count_ = signatures.count;
}

}  // namespace thence::dns
