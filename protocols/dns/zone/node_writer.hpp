#pragma once

#include "protocols/dns/zone/dynamic.hpp"
#include "protocols/dns/zone/zone.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace thence::dns {

/// Where a record or dynamic name comes from, in the caller's terms. {} means the zone as a whole.
struct Place {
  std::uint32_t file = 0;
  std::uint32_t line = 0;
};

/// What a problem means for the zone: it is still served, or not at all.
enum class Gravity : std::uint8_t { warning, mistake };

/// Called for each problem, with `what is wrong; what is allowed`.
using Complain = std::function<void(Place, Gravity, std::string)>;

/// Collects the records of one name.
class Gathering {
 public:
  struct Item {
    std::uint16_t type;
    std::uint16_t covered;  ///< the type that an RRSIG record covers; else 0
    std::uint32_t ttl;
    Place place;
    std::size_t at;  ///< position of the RDATA, in uncompressed wire form
    std::size_t size;
  };

  void add(std::uint16_t type, std::uint32_t ttl, Octets rdata, Place place);
  /// Adds the records of a block.
  void add(const Node& node, const Name& apex, Place place);
  /// @param dynamic as in Node::dynamic()
  void set_dynamic(std::uint16_t dynamic, Place place);
  void clear() noexcept;

  std::size_t size() const noexcept { return items_.size(); }
  bool empty() const noexcept { return items_.empty() && dynamic_ == 0; }
  /// Where the first record comes from.
  Place place() const noexcept { return items_.empty() ? dynamic_place_ : items_.front().place; }

 private:
  friend class NodeWriter;
  Octets rdata(const Item& item) const noexcept { return {octets_.data() + item.at, item.size}; }

  std::vector<Item> items_;
  std::vector<std::uint8_t> octets_;
  std::uint16_t dynamic_ = 0;
  Place dynamic_place_;
  bool named_twice_ = false;
};

/// Checks the records of one name and writes its block; see Node for the layout.
class NodeWriter {
 public:
  /// @param dynamic the dynamic names, by number
  NodeWriter(const Name& apex, const std::vector<Dynamic>& dynamic, const Complain& complain)
      : apex_(apex), dynamic_(dynamic), complain_(complain) {}

  /// @return the size of the block, which is appended to the store
  void write(const Name& name, Gathering& gathering, OctetStore& store);

 private:
  struct Group {
    std::uint16_t type;
    std::uint16_t covered;
    std::span<const Gathering::Item> items;
  };

  std::vector<Group> split(Gathering& gathering) const;
  void check(const Name& name, const Gathering& gathering, const std::vector<Group>& groups) const;
  void check_sizes(const Name& name, const std::vector<Group>& groups, const std::vector<std::size_t>& sizes) const;
  void check_dynamic(const Name& name, const Gathering& gathering, const std::vector<Group>& groups) const;
  std::uint16_t write_records(const Group& group, const Gathering& gathering, OctetStore& store) const;
  void wrong(Place place, std::string message) const { complain_(place, Gravity::mistake, std::move(message)); }

  const Name& apex_;
  const std::vector<Dynamic>& dynamic_;
  const Complain& complain_;
};

}  // namespace thence::dns
