#pragma once

#include "protocols/dns/wire/record.hpp"
#include "protocols/dns/zone/node_writer.hpp"
#include "protocols/dns/zone/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace thence::dns {

/// Builds a zone from records in any order. They are written to its blocks on arrival, so that building takes little
/// more memory than the zone.
class ZoneBuilder {
 public:
  ZoneBuilder(const Name& apex, Complain complain);
  ZoneBuilder(const ZoneBuilder&) = delete;
  ZoneBuilder& operator=(const ZoneBuilder&) = delete;

  /// An out-of-zone record is left out. Duplicates count once (RFC 2181 §5), ignoring letter case of names in them, and
  /// the records of an RRset get the lowest of their TTLs (RFC 2181 §5.2).
  void add(const Record& record, Place place);
  /// It replaces the records of the types that it covers.
  void add_dynamic(const Name& owner, Dynamic dynamic, Place place);
  void set_reverse(const Reverse& reverse, Place place);

  /// @return nothing if there was an error
  std::optional<Zone> build() &&;

 private:
  /// Where some records of a name are. A name has several blocks if its records were not adjacent.
  struct Block {
    std::uint64_t start;  ///< canonical_start() of its name
    std::uint32_t value;  ///< as in the zone's index
    Place place;
  };
  void gather(const Name& owner, bool is_nsec3);
  void flush();
  std::uint32_t write(const Name& name, Gathering& gathering);
  Node node(std::uint32_t value) const noexcept { return zone_.node_at(value); }
  std::uint8_t& flags_of(std::uint32_t value) noexcept;

  void sort(std::vector<Block>& blocks) const;
  void merge(std::vector<Block>& blocks);
  void compact();
  std::vector<std::uint32_t> walk();
  void set_flags(std::uint32_t value, const std::vector<std::uint32_t>& path, Place place);
  void check_servers();
  void read_signing();
  void gather_nsec3(const Nsec3Parameters& parameters);
  void write_negative_soa();

  Zone zone_;
  Complain complain_;
  bool mistaken_ = false;
  NodeWriter writer_;
  Name owner_;
  bool owner_is_nsec3_ = false;
  Gathering gathering_;
  std::vector<Block> blocks_;
  std::vector<Block> nsec3_blocks_;
  std::size_t waste_ = 0;                                 ///< octets of blocks that have been merged into others
  std::vector<std::pair<std::uint32_t, Place>> servers_;  ///< names with authoritative or delegating NS records
  std::optional<Place> dynamic_;                          ///< the place of a dynamic name or of `reverse`
};

}  // namespace thence::dns
