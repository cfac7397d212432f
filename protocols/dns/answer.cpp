#include "protocols/dns/answer.hpp"

namespace thence::dns {

namespace {

/// Longest chain of aliases that is followed. A resolver that gets the start of a longer one asks on from there.
constexpr int longest_chain = 16;

class Answer {
 public:
  Answer(const Zone& zone, const Query& query, const Route& route, MessageWriter& reply) noexcept
      : zone_(zone), query_(query), route_(route), reply_(reply) {}

  /// A name that was asked or that an alias led to.
  struct Link {
    const Name& name;
    std::size_t position;  ///< of the name in the message
    const Link* before;    ///< the name whose alias it is; nullptr: it was asked
    int number;            ///< of aliases before
  };

  Finding resolve(const Link& link) noexcept {
    const Match match = zone_.match(link.name);
    if (match.kind == Match::Kind::delegated) {
      // The DS RRset is the one thing at a cut for which the parent speaks (RFC 4035 §3.1.4.1).
      const bool parent_side = query_.type == type::ds && match.offset == 0;
      if (!parent_side) return refer(match.node, link.position + match.offset);
    }
    reply_.set_authoritative();
    if (match.kind == Match::Kind::absent) {
      deny(link, zone_.negative_soa());
      return Finding::nxdomain;
    }
    return answer_from(match.node, link);
  }

 private:
  /// Calls `use` with the records of a type at a node and with the SOA that says how long their absence may be
  /// remembered: that of a dynamic name not at all, as the next request may come by the other family. A record that is
  /// made for this request lives as long as the call, so that others need no room for one.
  template <typename Use>
  auto with_records(const Node& node, std::uint16_t type, const Use& use) const noexcept {
    if (node.dynamic() != Dynamic::none && (DynamicRecord::covers(type) || type == type::any)) {
      const DynamicRecord made(node.dynamic(), type, route_);
      return use(made.rrset(), zone_.fleeting_negative_soa());
    }
    // One RRset is a whole answer to ANY (RFC 8482 §4.1).
    return use(type == type::any ? node.first() : node.find(type), zone_.negative_soa());
  }

  Finding answer_from(const Node& node, const Link& link) noexcept {
    return with_records(node, query_.type, [&](const RRset& asked, const RRset& soa) {
      if (asked) {
        if (!reply_.add(Section::answer, asked, link.position)) reply_.set_truncated();
        return Finding::data;
      }
      const RRset alias = node.find(type::cname);
      if (alias) return follow(alias, link);
      deny(link, soa);
      return Finding::nodata;
    });
  }

  Finding follow(const RRset& alias, const Link& link) noexcept {
    const std::size_t target_at = reply_.position() + record_head;
    if (!reply_.add(Section::answer, alias, link.position)) {
      reply_.set_truncated();
      return Finding::data;
    }
    Name target;
    target.assign(alias.records.subspan(record_head));
    if (link.number + 1 == longest_chain || !target.is_within(zone_.apex().wire())) return Finding::data;
    for (const Link* each = &link; each != nullptr; each = each->before) {
      if (each->name == target) return Finding::data;
    }
    return resolve({target, target_at, &link, link.number + 1});
  }

  /// The SOA that says how long the absence may be remembered. Its owner is the end of the absent name.
  void deny(const Link& link, const RRset& soa) noexcept {
    const std::size_t owner = link.position + link.name.size() - zone_.apex().size();
    if (!reply_.add(Section::authority, soa, owner)) reply_.set_truncated();
  }

  Finding refer(const Node& cut, std::size_t cut_at) noexcept {
    const std::size_t servers_at = reply_.position();
    const RRset servers = cut.find(type::ns);
    if (!reply_.add(Section::authority, servers, cut_at)) {
      reply_.set_truncated();
      return Finding::referral;
    }
    // Without the addresses of servers below the cut nobody finds them, so these come first and must not be lacking
    // (RFC 9471 §3.1).
    add_glue(cut, servers, servers_at, true);
    if (!reply_.truncated()) add_glue(cut, servers, servers_at, false);
    return Finding::referral;
  }

  void add_glue(const Node& cut, const RRset& servers, std::size_t servers_at, bool below_cut) noexcept {
    std::size_t at = 0;
    for (std::uint16_t i = 0; i < servers.count; ++i) {
      Name server;
      const std::size_t name_at = servers_at + at + record_head;
      at += record_head + server.assign(servers.records.subspan(at + record_head));
      if (server.is_within(cut.name()) != below_cut || !server.is_within(zone_.apex().wire())) continue;
      const Node node = zone_.find_covering(server);
      if (!node || name_at > MessageWriter::max_pointer) continue;
      for (const auto address : {type::a, type::aaaa}) {
        const auto add = [&](const RRset& rrset, const RRset&) {
          return !rrset || reply_.add(Section::additional, rrset, name_at);
        };
        if (with_records(node, address, add)) continue;
        if (below_cut) reply_.set_truncated();
        return;
      }
    }
  }

  const Zone& zone_;
  const Query& query_;
  const Route& route_;
  MessageWriter& reply_;
};

}  // namespace

Finding answer(const Zone& zone, const Query& query, const Route& route, MessageWriter& reply) noexcept {
  return Answer(zone, query, route, reply).resolve({query.name, header_size, nullptr, 0});
}

}  // namespace thence::dns
