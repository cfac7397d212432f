#pragma once

#include "protocols/dns/dynamic.hpp"
#include "protocols/dns/record_text.hpp"
#include "protocols/dns/zone.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace thence::dns {

/// Where a record or a dynamic name was written, in the caller's terms. {} means the zone as a whole.
struct Place {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
};

/// Collects the records of a zone in any order, checks them and makes the zone.
class ZoneBuilder {
 public:
  /// Told of each mistake: `what is wrong; what is allowed`.
  using Complain = std::function<void(Place, std::string)>;

  ZoneBuilder(const Name& apex, Complain complain) : apex_(apex), complain_(std::move(complain)) {}

  /// A record out of the zone is a mistake. The same record twice is one (RFC 2181 §5), whatever the letter case of
  /// names in it, and the records of an RRset get the lowest of their TTLs (RFC 2181 §5.2).
  void add(const Record& record, Place place);
  /// A name that tells something about the request. It stands in for the A, AAAA and TXT records of the name.
  void add_dynamic(const Name& owner, Dynamic dynamic, Place place);

  /// @return nothing where there was a mistake
  std::optional<Zone> build() &&;

 private:
  /// A record in the collection.
  struct Item {
    std::uint64_t key_start;  ///< the first octets of the key as a number, which decides most comparisons
    std::size_t at;           ///< of the head in `collected_`; the key and the RDATA follow it
  };
  struct Head {
    std::uint32_t ttl;
    Place place;
    std::uint16_t type;
    std::uint16_t key_size;
    std::uint16_t rdata_size;
  };
  class Assembly;

  void collect(const Name& owner, std::uint16_t type, std::uint32_t ttl, Octets rdata, Place place);
  bool less(const Item& a, const Item& b) const noexcept;
  bool is_same_record(const Item& a, const Item& b) const noexcept;
  Head head(const Item& item) const noexcept;
  Octets key(const Item& item) const noexcept;
  Octets rdata(const Item& item) const noexcept;
  void wrong(Place place, std::string message);

  Name apex_;
  Complain complain_;
  bool complained_ = false;
  std::vector<std::uint8_t> collected_;
  std::vector<Item> items_;
};

}  // namespace thence::dns
