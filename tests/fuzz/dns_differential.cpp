// Any octets as a message and as a name, read here and by ldns. Where both read them they must agree, and where only
// one does there must be a reason:
// - ldns goes through all records, and refuses a message for one that means nothing to an answer and is skipped here;
// - ldns does not mind octets behind the last record, a second OPT (which it leaves among the records), an OPT of
// another
//   name than the root, nor broken options or a client subnet that is none (RFC 7871 §7.1.2); all of these are format
//   errors here (RFC 6891 §6.1.1);
// - ldns follows compression pointers in the question, where there is nothing yet that one could point to.

#include "protocols/dns/wire/message.hpp"
#include "protocols/network_order.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <ldns/ldns.h>

/// Of a second OPT, ldns 1.8.3 loses the record (corpus/dns_differential/two_opt_records).
extern "C" const char* __lsan_default_suppressions() { return "leak:libldns.so\n"; }  // NOLINT: the sanitizer's name

namespace {

using thence::load16;
using thence::dns::Octets;
using thence::dns::option_head;
using Packet = std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)>;

void require(bool condition) {
  if (!condition) std::abort();
}

Octets octets_of(const ldns_rdf* field) { return {ldns_rdf_data(field), ldns_rdf_size(field)}; }

bool is_same_name(Octets lower_case, Octets other) {
  return std::ranges::equal(lower_case, other, {}, {}, thence::dns::lower);
}

void check_name(Octets octets) {
  thence::dns::Name name;
  const std::size_t taken = name.assign(octets);
  ldns_rdf* read = nullptr;
  std::size_t end = 0;
  const bool is_read = ldns_wire2dname(&read, octets.data(), octets.size(), &end) == LDNS_STATUS_OK;
  const std::unique_ptr<ldns_rdf, decltype(&ldns_rdf_deep_free)> owned(is_read ? read : nullptr, ldns_rdf_deep_free);
  // A pointer makes a name longer than what stands there, or shorter by one octet.
  const bool uncompressed = is_read && end == ldns_rdf_size(read);
  require((taken != 0) == uncompressed);
  if (taken != 0) require(taken == end && is_same_name(name.wire(), octets_of(read)));
}

Packet read_by_ldns(Octets message) {
  ldns_pkt* read = nullptr;
  const bool is_read = ldns_wire2pkt(&read, message.data(), message.size()) == LDNS_STATUS_OK;
  return {is_read ? read : nullptr, ldns_pkt_free};
}

void check_agreement(const thence::dns::Query& query, const ldns_pkt* packet) {
  require(query.id == ldns_pkt_id(packet));
  const auto bit = [&](bool set, unsigned mask) { require(set == ((query.flags & mask) != 0)); };
  bit(ldns_pkt_qr(packet), thence::dns::flag::response);
  bit(ldns_pkt_aa(packet), thence::dns::flag::authoritative);
  bit(ldns_pkt_tc(packet), thence::dns::flag::truncated);
  bit(ldns_pkt_rd(packet), thence::dns::flag::recursion_desired);
  require(static_cast<unsigned>(ldns_pkt_get_opcode(packet)) == (query.flags & thence::dns::flag::opcode) >> 11U);
  require(ldns_pkt_qdcount(packet) == 1);
  const ldns_rr* const question = ldns_rr_list_rr(ldns_pkt_question(packet), 0);
  require(is_same_name(query.name.wire(), octets_of(ldns_rr_owner(question))));
  require(query.type == ldns_rr_get_type(question));
  require(query.rr_class == ldns_rr_get_class(question));
  require(query.question.size() == query.name.size() + thence::dns::question_tail);
  // ldns takes an OPT for what it is only among the additional records, too.
  require(query.edns.has_value() == ldns_pkt_edns(packet));
  if (!query.edns) return;
  require(query.edns->payload == ldns_pkt_edns_udp_size(packet));
  require(query.edns->version == ldns_pkt_edns_version(packet));
  require(query.edns->dnssec_ok == ldns_pkt_edns_do(packet));
}

/// Whether a message that ldns reads is a format error here, as far as it has no records but one OPT.
bool has_reason(Octets message, ldns_pkt* packet) {
  const auto name = octets_of(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(packet), 0)));
  const std::size_t question = thence::dns::header_size + name.size() + thence::dns::question_tail;
  if (message.size() < question || !std::ranges::equal(message.subspan(thence::dns::header_size, name.size()), name)) {
    return true;  // a pointer
  }
  const Octets records = message.subspan(question);
  if (load16(message.data() + 10) == 0) return !records.empty();
  if (!ldns_pkt_edns(packet)) return false;
  if (records.front() != 0 ||
      records.size() != thence::dns::opt_size + load16(records.data() + thence::dns::opt_size - 2))
    return true;
  Octets options = records.subspan(thence::dns::opt_size);
  while (options.size() >= option_head && options.size() - option_head >= load16(options.data() + 2)) {
    if (load16(options.data()) == thence::dns::option::client_subnet) return true;
    options = options.subspan(option_head + load16(options.data() + 2));
  }
  return !options.empty();
}

void check_message(Octets message) {
  thence::dns::Query query;
  const auto reading = thence::dns::read(message, query);
  const auto packet = read_by_ldns(message);
  if (reading == thence::dns::Reading::malformed) {
    require(!packet && message.size() < thence::dns::header_size);
    return;
  }
  if (packet) require((reading == thence::dns::Reading::response) == ldns_pkt_qr(packet.get()));
  if (reading == thence::dns::Reading::response) return;
  if (reading == thence::dns::Reading::no_question) {
    require(!packet || ldns_pkt_qdcount(packet.get()) == 0);
    return;
  }

  const std::size_t others = std::size_t{load16(message.data() + 6)} + load16(message.data() + 8);
  const std::size_t additional = load16(message.data() + 10);
  const bool is_plain = others == 0 && (additional == 0 || (additional == 1 && query.edns));
  if (reading == thence::dns::Reading::query) {
    require(packet || !is_plain);
    if (packet) check_agreement(query, packet.get());
  } else if (packet && ldns_pkt_qdcount(packet.get()) == 1 && is_plain) {
    require(has_reason(message, packet.get()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_name({data, size});
  check_message({data, size});
  return 0;
}
