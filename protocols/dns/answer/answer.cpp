#include "protocols/dns/answer/answer.hpp"

#include "protocols/dns/answer/denial.hpp"
#include "protocols/dns/answer/dynamic_records.hpp"
#include "protocols/dns/answer/whoami.hpp"
#include "protocols/dns/wire/rdata.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace thence::dns {

namespace {

/// The longest chain of aliases that is followed. A resolver that gets the start of a longer one continues from there.
constexpr int longest_chain = 16;

/// Most names in the data of an answer whose addresses are added; a referral has no such limit.
constexpr std::size_t most_targets = 32;

class Answer {
 public:
  Answer(const Zone& zone, const Circumstances& asked, Nsec3Hasher& hash, MessageWriter& reply) noexcept
      : zone_(zone),
        asked_(asked),
        query_(asked.query),
        reply_(reply),
        denial_(zone, hash, reply),
        dnssec_(query_.edns && query_.edns->dnssec_ok) {}

  bool by_subnet() const noexcept { return by_subnet_; }

  /// The query name, or a name that an alias led to.
  struct Link {
    const Name& name;
    std::size_t position;  ///< of the name in the message
    const Link* before;    ///< the alias that led here; nullptr: the query name
    int number;            ///< of aliases before it
    Match match{};

    Owner owner() const noexcept { return {name.wire(), position}; }
  };

  Finding resolve(Link link) noexcept {
    link.match = zone_.match(link.name);
    const auto& match = link.match;
    if (match.kind == Match::Kind::delegated) {
      // The DS RRset is the only data at a cut for which the parent is authoritative (RFC 4035 §3.1.4.1).
      const bool parent_side = query_.type == type::ds && match.labels == 0;
      if (!parent_side) {
        prove_wildcards(link.before);
        return refer(match.node, link);
      }
    }
    reply_.set_authoritative();
    if (zone_.reverse()) {
      if (const auto found = answer_reverse(link)) return *found;
    }
    switch (match.kind) {
      case Match::Kind::redirected:
        return redirect(match.node, link);
      case Match::Kind::absent:
        deny(link);
        return Finding::nxdomain;
      default:
        return answer_from(match.node, link);
    }
  }

 private:
  RRset signatures_of(const Node& node, std::uint16_t type) const noexcept {
    return dnssec_ ? node.signatures(type) : RRset{};
  }

  /// Adds records that the answer must have.
  /// @return whether they fit; if not, the reply is truncated
  bool put(Section section, const RRset& rrset, const RRset& signatures, const Owner& owner) noexcept {
    if (reply_.truncated()) return false;
    if (reply_.add(section, rrset, signatures, owner)) return true;
    reply_.set_truncated();
    return false;
  }

  /// Calls `use` with the records of a type at a node. Those computed for this request live only during the call, so
  /// that others take no space.
  template <typename Use>
  auto with_records(const Node& node, std::uint16_t type, const Use& use) noexcept {
    const auto number = node.dynamic();
    if (number != 0 && (type == type::any || zone_.dynamic(number).covers(type))) {
      const DynamicRecords made(zone_.dynamic(number), type, asked_);
      by_subnet_ = by_subnet_ || made.by_subnet();
      if (type != type::any || made.rrset()) return use(made.rrset());
    }
    // A single RRset is a complete answer to ANY (RFC 8482 §4.1).
    return use(type == type::any ? node.first() : node.find(type));
  }

  Finding answer_from(const Node& node, const Link& link) noexcept {
    return with_records(node, query_.type, [&](const RRset& asked) {
      if (asked) {
        if (put(Section::answer, asked, signatures_of(node, asked.type), link.owner())) {
          const std::size_t rdata_at = reply_.last_rdata();
          prove_wildcards(&link);
          add_targets(asked, rdata_at, link);
        }
        return Finding::data;
      }
      // An alias may have its own NSEC record, so it is not followed for that type (RFC 4034 §4).
      const RRset alias = query_.type == type::nsec ? RRset{} : node.find(type::cname);
      if (alias) return follow(node, alias, link);
      const auto* const dynamic = node.dynamic() == 0 ? nullptr : &zone_.dynamic(node.dynamic());
      if (dynamic != nullptr && dynamic->kind == Dynamic::Kind::whoami) {
        tell_who(*dynamic, link);
      } else {
        // A dynamic name may have for the next request what it lacks now.
        const bool may_have = dynamic != nullptr && (query_.type == type::any || dynamic->covers(query_.type));
        deny(link, may_have ? std::optional(dynamic->ttl) : std::nullopt);
      }
      return Finding::nodata;
    });
  }

  /// CoreDNS's form, which has no answer records: the client's address and port are additional data.
  void tell_who(const Dynamic& dynamic, const Link& link) noexcept {
    Dynamic address{.kind = Dynamic::Kind::client, .ttl = dynamic.ttl};
    const DynamicRecords made(address, asked_.route.peer.address().is_v4() ? type::a : type::aaaa, asked_);
    put(Section::additional, made.rrset(), {}, link.owner());
    if (link.name.size() + ClientPort::label_size > longest_name) return;
    const ClientPort port(link.name.wire(), asked_.route);
    put(Section::additional, port.rrset(), {}, {port.name(), 0});
  }

  /// Answers for the host's own addresses, whose reverse names exist as long as the addresses do; records of the zone
  /// take precedence.
  /// @return nothing if the zone's data answer
  std::optional<Finding> answer_reverse(const Link& link) noexcept {
    const Reverse& reverse = *zone_.reverse();
    const bool exists = link.match.kind == Match::Kind::found;
    if (link.match.kind == Match::Kind::redirected) return std::nullopt;
    const auto prefix = reverse_prefix(link.name);
    const auto is_told = [&](const InterfaceAddress& own) { return asked_.may_tell(own, reverse.all); };
    const auto* const interface = prefix ? interface_within(*prefix, asked_.interfaces, is_told) : nullptr;
    if (interface == nullptr && link.match.kind == Match::Kind::absent && prefix) {
      deny(link, reverse.ttl);
      return Finding::nxdomain;
    }
    if (interface == nullptr) return std::nullopt;
    const bool asks_pointer = query_.type == type::ptr || query_.type == type::any;
    const auto has_own = [&](const Node& node) {
      return query_.type == type::any ? bool(node.first()) : node.find(type::ptr) || node.find(type::cname);
    };
    if (is_address(*prefix) && asks_pointer && !(exists && has_own(link.match.node))) {
      const ReverseRecord made(reverse, interface->name);
      put(Section::answer, made.rrset(), {}, link.owner());
      return Finding::data;
    }
    if (exists) return std::nullopt;
    deny(link, reverse.ttl);
    return Finding::nodata;
  }

  Finding follow(const Node& node, const RRset& alias, const Link& link) noexcept {
    if (!put(Section::answer, alias, signatures_of(node, type::cname), link.owner())) return Finding::data;
    Name target;
    target.assign(alias.records.subspan(record_head), zone_.apex());
    return go_on(target, link);
  }

  /// Continues with the target of the record added last.
  Finding go_on(const Name& target, const Link& link) noexcept {
    const std::size_t target_at = reply_.last_rdata();
    bool again = link.number + 1 == longest_chain || !target.is_within(zone_.apex().wire());
    for (const Link* each = &link; each != nullptr && !again; each = each->before) again = each->name == target;
    if (!again) return resolve({target, target_at, &link, link.number + 1});
    prove_wildcards(&link);
    return Finding::data;
  }

  /// Answers with the DNAME record above a name and the CNAME synthesised from it (RFC 6672 §2.2, §3.1).
  Finding redirect(const Node& node, const Link& link) noexcept {
    const std::size_t kept = link.name.offset(link.match.labels);
    const RRset dname = node.find(type::dname);
    const auto is_told = [&] {
      for (const auto* each = link.before; each != nullptr; each = each->before) {
        if (each->match.kind == Match::Kind::redirected && each->match.node == node) return true;
      }
      return false;
    };
    const Owner owner{node.name(), link.position + kept};
    if (!is_told() && !put(Section::answer, dname, signatures_of(node, type::dname), owner)) return Finding::data;
    std::array<std::uint8_t, record_head + longest_name> record;
    const Octets substitute = dname.records.subspan(record_head);
    if (kept + substitute.size() > longest_name) {
      prove_wildcards(link.before);
      return Finding::too_long;
    }
    auto* const rdata = record.data() + record_head;
    std::copy_n(link.name.wire().begin(), kept, rdata);
    std::copy(substitute.begin(), substitute.end(), rdata + kept);
    const std::size_t size = kept + substitute.size();
    write_record_head(record.data(), type::cname, load32(dname.records.data() + 6), static_cast<std::uint16_t>(size));
    const RRset alias{type::cname, 1, {record.data(), record_head + size}};
    if (!put(Section::answer, alias, {}, link.owner())) return Finding::data;
    if (query_.type == type::cname) {
      prove_wildcards(link.before);
      return Finding::data;
    }
    Name target;
    target.assign({rdata, size});
    return go_on(target, link);
  }

  /// Adds the SOA, which limits negative caching, and the proofs.
  /// @param ttl an upper limit in seconds, for dynamic names, whose zones are not signed
  void deny(const Link& link, std::optional<std::uint32_t> ttl = {}) noexcept {
    const RRset signatures = dnssec_ ? zone_.negative_soa_signatures() : RRset{};
    if (!put(Section::authority, zone_.negative_soa(), signatures, reply_.apex())) return;
    if (ttl) reply_.lower_last_ttl(*ttl);
    if (!dnssec_) return;
    prove_wildcards(link.before);
    if (link.match.kind == Match::Kind::absent || link.match.kind == Match::Kind::wildcard) {
      denial_.no_name(link.name, link.match.labels);
    } else {
      denial_.no_type(link.name);
    }
  }

  /// Proves for a name and those before it in the chain that no closer match than the wildcard exists (RFC 4035
  /// §3.1.3.3).
  void prove_wildcards(const Link* link) noexcept {
    for (; dnssec_ && link != nullptr; link = link->before) {
      if (link->match.kind == Match::Kind::wildcard) denial_.wildcard(link->name, link->match.labels);
    }
  }

  Finding refer(const Node& cut, const Link& link) noexcept {
    const Owner owner{cut.name(), link.position + link.name.offset(link.match.labels)};
    const RRset servers = cut.find(type::ns);
    if (!put(Section::authority, servers, {}, owner)) return Finding::referral;
    const std::size_t servers_at = reply_.last_rdata();
    if (dnssec_) {
      const RRset signatures = cut.signatures(type::ds);
      if (signatures) {
        put(Section::authority, cut.find(type::ds), signatures, owner);
      } else {
        Name name;
        name.assign(cut.name());
        denial_.no_type(name);
      }
    }
    // Servers below the cut cannot be found without their addresses, so these come first and are required (RFC 9471
    // §3.1).
    add_glue(cut, servers, servers_at, true);
    add_glue(cut, servers, servers_at, false);
    return Finding::referral;
  }

  /// Calls `use` with each name in the data of records and its position in the message.
  template <typename Use>
  void each_target(const RRset& rrset, std::size_t rdata_at, std::size_t most, const Use& use) noexcept {
    const auto offset = target_offset(rrset.type);
    if (!offset) return;
    std::size_t at = 0;
    const std::size_t count = std::min<std::size_t>(rrset.count, most);
    for (std::size_t i = 0; i < count && !reply_.truncated(); ++i) {
      Name target;
      const std::size_t size = load16(rrset.records.data() + at + record_head - 2);
      const Octets rdata = rrset.records.subspan(at + record_head, size);
      if (size > *offset && target.assign(rdata.subspan(*offset), zone_.apex()) > 0) {
        use(target, rdata_at + at + *offset, rdata);
      }
      at += record_head + size;
    }
  }

  void add_glue(const Node& cut, const RRset& servers, std::size_t servers_at, bool below_cut) noexcept {
    each_target(servers, servers_at, servers.count, [&](const Name& server, std::size_t at, Octets) {
      if (server.is_within(cut.name()) != below_cut || !server.is_within(zone_.apex().wire())) return;
      if (!add_addresses(zone_.find_covering(server), {server.wire(), at}) && below_cut) reply_.set_truncated();
    });
  }

  /// Adds the addresses of the names in an answer, which the client is likely to need next (RFC 1034 §4.3.2 step 6).
  void add_targets(const RRset& rrset, std::size_t rdata_at, const Link& link) noexcept {
    if (!target_offset(rrset.type)) return;
    std::array<std::uint64_t, most_targets> added;  // hashes of the names: several records may have the same target
    std::size_t count = 0;
    each_target(rrset, rdata_at, most_targets, [&](const Name& name, std::size_t at, Octets rdata) {
      const bool is_service = rrset.type == type::svcb || rrset.type == type::https;
      const bool is_own = is_service && name.labels() == 0 && load16(rdata.data()) != 0;  // RFC 9460 §2.5.2
      const Owner owner = is_own ? link.owner() : Owner{name.wire(), at};
      if (!is_own && !name.is_within(zone_.apex().wire())) return;
      const auto name_hash = hash(owner.name);
      const auto end = added.begin() + static_cast<std::ptrdiff_t>(count);
      if (std::find(added.begin(), end, name_hash) != end) return;
      const Node node = is_own ? link.match.node : zone_.find_covering(name);
      added[count++] = name_hash;
      add_addresses(node, owner);
    });
  }

  /// @return whether all of them fit
  bool add_addresses(const Node& node, const Owner& owner) noexcept {
    if (!node) return true;
    for (const auto type : {type::a, type::aaaa}) {
      const bool fits = with_records(node, type, [&](const RRset& rrset) {
        const RRset signatures = rrset && !node.is_hidden() ? signatures_of(node, type) : RRset{};
        return !rrset || reply_.add(Section::additional, rrset, signatures, owner);
      });
      if (!fits) return false;
    }
    return true;
  }

  const Zone& zone_;
  const Circumstances& asked_;
  const Query& query_;
  MessageWriter& reply_;
  Denial denial_;
  bool dnssec_;
  bool by_subnet_ = false;
};

}  // namespace

Answered answer(const Zone& zone, const Circumstances& asked, Nsec3Hasher& hash, MessageWriter& reply) noexcept {
  reply.set_apex(zone.apex());
  Answer answer(zone, asked, hash, reply);
  const Finding finding = answer.resolve({asked.query.name, header_size, nullptr, 0});
  return {finding, answer.by_subnet()};
}

}  // namespace thence::dns
