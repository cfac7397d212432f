// Any octets as the text of a zone file. Where a zone comes of it, every name in it is found, and what is found for an
// absent name below it is what a search label by label finds.

#include "protocols/dns/text/zone_file.hpp"
#include "protocols/dns/zone/zone_builder.hpp"
#include "protocols/network_order.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

/// Whether a record belongs to a name of the zone: not one out of it, nor an NSEC3 record with its signature.
bool is_of_a_name(const thence::dns::Record& record, const thence::dns::Name& apex) {
  using namespace thence::dns;
  const bool signs = record.type == type::rrsig && record.rdata.size() >= 2;
  const bool is_nsec3 = record.type == type::nsec3 || (signs && thence::load16(record.rdata.data()) == type::nsec3);
  return !is_nsec3 && record.owner.is_within(apex.wire());
}

/// Looks for a name below another, which may be absent or not.
void check_below(const thence::dns::Zone& zone, const thence::dns::Name& name, const std::string& labels) {
  using namespace thence::dns;
  const auto below = Name::parse(labels, name);
  if (!below) return;
  std::size_t label = 0;
  while (!zone.find(below->without(label))) ++label;
  const Node encloser = zone.find(below->without(label));
  const Match match = zone.match(*below);
  if (encloser.is_hidden() || encloser.is_cut() || (label > 0 && encloser.has_dname())) {
    require(match.kind == Match::Kind::delegated || match.kind == Match::Kind::redirected);
  } else {
    require((match.kind == Match::Kind::found) == (label == 0));
    require(label == 0 || (match.kind == Match::Kind::wildcard) == encloser.has_wildcard());
  }
}

}  // namespace

/// ldns forgets parts of some broken records (IPSECKEY, AMTRELAY). The sanitizer calls this by its name.
extern "C" const char* __lsan_default_suppressions() { return "leak:libldns"; }  // NOLINT(bugprone-reserved-identifier)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace thence::dns;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Name apex = *Name::parse("t", Name());
  bool wrong = false;
  std::vector<Record> records;
  ZoneBuilder builder(apex, [&](Place, Gravity gravity, const std::string& message) {
    wrong = wrong || gravity == Gravity::mistake;
    require(!message.empty());
  });
  read_zone_text(text, apex,
                 {.record =
                      [&](std::uint32_t, std::uint32_t line, const Record& record) {
                        builder.add(record, {1, line});
                        if (is_of_a_name(record, apex)) records.push_back(record);
                      },
                  .wrong =
                      [](std::uint32_t, std::uint32_t line, const std::string& message) {
                        require(line > 0 && message.find("; allowed: ") != std::string::npos);
                      }},
                 50);
  const auto zone = std::move(builder).build();
  require(zone.has_value() != wrong);
  if (!zone) return 0;
  require(static_cast<bool>(zone->negative_soa()));
  for (const auto& record : records) {
    const Node node = zone->find(record.owner.wire());
    require(node && node.find(record.type));
    const Match match = zone->match(record.owner);
    require(match.kind != Match::Kind::absent);
    const bool led_away = match.kind == Match::Kind::delegated || match.kind == Match::Kind::redirected;
    require(led_away == (node.is_cut() || node.is_hidden()));
    for (const auto* const labels : {"n", "*", "n.n.n.n.n.n.n", "a.b.c"}) check_below(*zone, record.owner, labels);
  }
  return 0;
}
