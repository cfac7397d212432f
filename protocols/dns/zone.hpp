#pragma once

#include "protocols/dns/dynamic.hpp"
#include "protocols/dns/message.hpp"
#include "protocols/dns/name.hpp"
#include "protocols/dns/name_index.hpp"
#include "protocols/dns/rrset.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thence::dns {

/// A name of a zone and all that is there: one block of octets, so that an answer touches few lines of the cache.
///
///     RRsets (2) | dynamic (2) | flags (1) | size of the name (1) | per RRset: type (2), count (2), octets (4)
///     | the name | the records of the first RRset | of the second ...
///
/// A view, valid as long as its zone. It may be none.
class Node {
 public:
  Node() = default;
  explicit Node(const std::uint8_t* block) noexcept : block_(block) {}

  explicit operator bool() const noexcept { return block_ != nullptr; }

  /// Wire form, lower case.
  Octets name() const noexcept;
  Dynamic dynamic() const noexcept;
  /// Whether the zone is delegated here (RFC 1034 §4.2.1): there is an NS RRset, and this is not the apex.
  bool is_cut() const noexcept { return has(cut); }
  /// Whether a cut stands above: what is here is glue or hidden.
  bool is_below_cut() const noexcept { return has(below_cut); }
  /// Whether the child `*` exists (RFC 4592 §2.1.1).
  bool has_wildcard() const noexcept { return has(wildcard); }

  /// The RRset of a type, or none.
  RRset find(std::uint16_t type) const noexcept;
  /// The RRset with the lowest type, or none.
  RRset first() const noexcept;

 private:
  friend class ZoneBuilder;
  static constexpr std::uint8_t cut = 1;
  static constexpr std::uint8_t below_cut = 2;
  static constexpr std::uint8_t wildcard = 4;

  static constexpr std::size_t flags_at = 4;
  static constexpr std::size_t entries_at = 6;
  static constexpr std::size_t entry_size = 8;

  bool has(std::uint8_t bit) const noexcept { return (block_[flags_at] & bit) != 0; }

  const std::uint8_t* block_ = nullptr;
};

/// What a zone has for a name.
struct Match {
  enum class Kind : std::uint8_t {
    found,      ///< the node, which is that of the name or of the wildcard that covers it
    delegated,  ///< the node is the cut that the name is at or below
    absent,     ///< neither the name nor a wildcard for it exists
  };
  Kind kind;
  Node node;
  std::size_t offset = 0;  ///< of the cut's name within the name, in octets
};

/// The data of one zone. Immutable; made by a ZoneBuilder.
class Zone {
 public:
  const Name& apex() const noexcept { return apex_; }

  /// The node of exactly that name, wherever it is, or none.
  Node find(Octets name) const noexcept;

  /// The node of that name or of the wildcard that covers it, cut or not, or none: addresses of name servers, which are
  /// glue below a cut.
  Node find_covering(const Name& name) const noexcept;

  /// The search of RFC 1034 §4.3.2 step 3 and RFC 4592 §3.3 for a name within the apex.
  Match match(const Name& name) const noexcept;

  /// The SOA as a negative answer carries it, with the lower of its TTL and its MINIMUM (RFC 2308 §3).
  RRset negative_soa() const noexcept { return {type::soa, 1, negative_soa_}; }
  /// The same with TTL 0, for an absence that may be another for the next request.
  RRset fleeting_negative_soa() const noexcept { return {type::soa, 1, fleeting_negative_soa_}; }

 private:
  friend class ZoneBuilder;
  explicit Zone(const Name& apex) : apex_(apex) {}

  /// An existing ancestor of a name, and how many labels it lacks.
  struct Encloser {
    Node node;
    std::size_t label;
  };

  Node apex_node() const noexcept { return Node(blocks_.data() + first_block); }
  /// The closest encloser (RFC 4592 §3.3.1) of an absent name within the apex.
  Encloser encloser_of(const Name& name) const noexcept;
  /// The child `*`, or none.
  Node wildcard_of(Node node) const noexcept;
  /// The cut at or above an existing name, which is at or below one.
  /// @param label of the name where the search begins
  Match delegation(const Name& name, std::size_t label) const noexcept;

  /// Blocks start at multiples of this; an index holds the multiple.
  static constexpr std::size_t block_unit = 4;
  /// Where the first name in canonical order stands, which is the apex. 0 would be no block to an index.
  static constexpr std::size_t first_block = block_unit;

  Name apex_;
  std::size_t most_labels_ = 0;  ///< of any name: there is no need to look for a longer one
  std::vector<std::uint8_t> blocks_;
  NameIndex index_;
  std::vector<std::uint8_t> negative_soa_;
  std::vector<std::uint8_t> fleeting_negative_soa_;
};

}  // namespace thence::dns
