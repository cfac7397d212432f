#pragma once

#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/rrset.hpp"
#include "protocols/dns/zone/dynamic.hpp"
#include "protocols/dns/zone/name_index.hpp"
#include "protocols/dns/zone/nsec3_chain.hpp"
#include "protocols/dns/zone/octet_store.hpp"
#include "protocols/dns/zone/reverse.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace thence::dns {

/// A name of a zone with all its data, in one block of octets, so that an answer touches few cache lines.
///
///     RRsets (2) | signed types (2) | dynamic (2) | flags (1) | size of the name (1)
///     | per RRset: type (2), count (2), octets (4) | per signed type: the same of its RRSIG records
///     | the name | the records of the first RRset | of the second ... | the RRSIG records
///
/// A view, valid as long as its zone. It may be empty.
class Node {
 public:
  Node() = default;
  explicit Node(const std::uint8_t* block) noexcept : block_(block) {}

  explicit operator bool() const noexcept { return block_ != nullptr; }
  friend bool operator==(const Node&, const Node&) = default;

  /// Wire form, lower case.
  Octets name() const noexcept;
  /// For Zone::dynamic(); 0: the name is not dynamic.
  std::uint16_t dynamic() const noexcept;
  /// Whether the zone is delegated here (RFC 1034 §4.2.1): there is an NS RRset, and this is not the apex.
  bool is_cut() const noexcept { return has(cut); }
  /// Whether there is a cut or a DNAME above: the data here are glue or unreachable.
  bool is_hidden() const noexcept { return has(hidden); }
  /// Whether the names below are redirected (RFC 6672 §2.2).
  bool has_dname() const noexcept { return has(dname); }
  /// Whether the child `*` exists (RFC 4592 §2.1.1).
  bool has_wildcard() const noexcept { return has(wildcard); }

  /// The RRset of a type, or none. For RRSIG: all signatures, as if they were one RRset.
  RRset find(std::uint16_t type) const noexcept;
  /// The RRSIG records that cover a type, or none (RFC 4035 §2.2).
  RRset signatures(std::uint16_t covered) const noexcept;
  /// The RRset with the lowest type, or none.
  RRset first() const noexcept;
  /// All RRsets, with the signatures of each type as one.
  std::vector<RRset> all() const;
  /// Octets of the block.
  std::size_t size() const noexcept;

 private:
  friend class NodeWriter;
  friend class ZoneBuilder;
  static constexpr std::uint8_t cut = 1;
  static constexpr std::uint8_t hidden = 2;
  static constexpr std::uint8_t wildcard = 4;
  static constexpr std::uint8_t dname = 8;

  static constexpr std::size_t flags_at = 6;
  static constexpr std::size_t entries_at = 8;
  static constexpr std::size_t entry_size = 8;

  bool has(std::uint8_t bit) const noexcept { return (block_[flags_at] & bit) != 0; }

  const std::uint8_t* block_ = nullptr;
};

/// The result of looking up a name in a zone.
struct Match {
  enum class Kind : std::uint8_t {
    found,       ///< the node has the name itself
    wildcard,    ///< the node is the wildcard that covers the name
    delegated,   ///< the node is the cut that the name is at or below
    redirected,  ///< the node has the DNAME record that the name is below
    absent,      ///< neither the name nor a wildcard for it exists
  };
  Kind kind;
  Node node;
  /// Labels of the name before the name of the cut, of the DNAME or of the closest encloser (RFC 4592 §3.3.1); 0 if the
  /// name itself exists.
  std::size_t labels = 0;
};

/// The data of one zone. Immutable; created by a ZoneBuilder.
class Zone {
 public:
  const Name& apex() const noexcept { return apex_; }

  /// The node of exactly that name, even if hidden, or none.
  Node find(Octets name) const noexcept;

  /// Whether the data is too large for the processor's cache.
  bool is_large() const noexcept { return store_.size() > large; }
  /// Prefetches what find() needs, in two steps, as the second depends on the data of the first.
  /// @param name_hash from hash()
  void prefetch_index(std::uint64_t name_hash) const noexcept { index_.prefetch(name_hash); }
  void prefetch_block(std::uint64_t name_hash) const noexcept;

  /// The node of that name or of the wildcard that covers it, even below a cut, or none. For the addresses of name
  /// servers, which are glue below a cut.
  Node find_covering(const Name& name) const noexcept;

  /// The search of RFC 1034 §4.3.2 step 3, RFC 4592 §3.3 and RFC 6672 §3.2 for a name within the apex.
  Match match(const Name& name) const noexcept;

  Node apex_node() const noexcept { return Node(store_.data() + apex_block_); }

  /// SERIAL of the SOA.
  std::uint32_t serial() const noexcept;

  /// The SOA for negative answers, with the lower of its TTL and its MINIMUM (RFC 2308 §3).
  RRset negative_soa() const noexcept { return {type::soa, 1, negative_soa_}; }
  /// Its signatures, with the same TTL.
  RRset negative_soa_signatures() const noexcept {
    return {type::rrsig, negative_soa_signature_count_, negative_soa_signatures_};
  }

  /// A dynamic name. @param number from its node, not 0
  const Dynamic& dynamic(std::uint16_t number) const noexcept { return dynamic_[number - 1U]; }
  /// Whether, and how, the host's own addresses have PTR records here.
  const std::optional<Reverse>& reverse() const noexcept { return reverse_; }

  /// Whether there are proofs of nonexistence (RFC 4035 §2.3, RFC 5155).
  bool has_nsec() const noexcept { return !nsec_.empty(); }
  bool has_nsec3() const noexcept { return !nsec3_.empty(); }

  /// The node with an NSEC record that has that name or else the last one before it in canonical order.
  Node nsec_at_or_before(Octets name) const noexcept;

  /// How names are hashed. Requires has_nsec3().
  const Nsec3Parameters& nsec3_parameters() const noexcept { return nsec3_parameters_; }
  struct Nsec3Match {
    Node node;   ///< of the NSEC3 record with that hash or the last before it, in circular order
    bool exact;  ///< the hash is equal
  };
  Nsec3Match nsec3_at_or_before(const Nsec3Hash& hash) const noexcept;

 private:
  friend class ZoneBuilder;
  explicit Zone(const Name& apex) : apex_(apex) {}

  /// An existing ancestor of a name, and how many labels shorter it is.
  struct Encloser {
    Node node;
    std::size_t label;
  };

  Node node_at(std::uint32_t value) const noexcept { return Node(store_.data() + std::size_t{value} * block_unit); }
  /// The closest encloser (RFC 4592 §3.3.1) of a nonexistent name within the apex.
  Encloser encloser_of(const Name& name) const noexcept;
  /// The child `*`, or none.
  Node wildcard_of(Node node) const noexcept;
  /// The first name from there upwards that is not hidden.
  Encloser visible_from(const Name& name, Encloser from) const noexcept;

  /// Octets; about the share of a processor's cache that a zone can use.
  static constexpr std::size_t large = std::size_t{1} << 20U;
  /// Blocks start at multiples of this; the index stores the offset divided by it.
  static constexpr std::size_t block_unit = 4;
  /// Not 0, which means no block in the index.
  static constexpr std::size_t first_block = block_unit;

  struct Nsec3Entry {
    Nsec3Hash hash;
    std::uint32_t block;
  };

  Name apex_;
  std::size_t apex_block_ = first_block;
  std::size_t most_labels_ = 0;  ///< of any name here: a longer one need not be looked up
  OctetStore store_;
  NameIndex index_;
  std::vector<std::uint32_t> nsec_;  ///< blocks with an NSEC record, in canonical order
  std::vector<Nsec3Entry> nsec3_;    ///< sorted by hash
  Nsec3Parameters nsec3_parameters_;
  std::vector<std::uint8_t> negative_soa_;
  std::vector<std::uint8_t> negative_soa_signatures_;
  std::uint16_t negative_soa_signature_count_ = 0;
  std::vector<Dynamic> dynamic_;
  std::optional<Reverse> reverse_;
};

}  // namespace thence::dns
