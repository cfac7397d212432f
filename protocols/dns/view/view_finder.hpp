#pragma once

#include "protocols/dns/view/address_views.hpp"
#include "protocols/dns/view/view_match.hpp"
#include "protocols/dns/view/view_ranges.hpp"
#include "protocols/dns/wire/client_subnet.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace thence::dns {

/// The views each arrival interface may belong to, by interface index; see ViewFinder::interface_views.
using InterfaceViews = ViewRanges<std::uint32_t>;

/// Finds the view of a request: the first one that matches. Each criterion yields the set of views it allows, and the
/// first view in the intersection is the one. Immutable, shared by all workers.
class ViewFinder {
 public:
  /// @param matches of the views, in order; at most most_views
  explicit ViewFinder(const std::vector<ViewMatch>& matches);

  /// Call it again when the interfaces of the host have changed.
  InterfaceViews interface_views(const InterfaceTable& interfaces) const;

  /// @param interfaces made by this finder
  /// @param subnet of the query, if its client is trusted to state it; otherwise nullptr
  /// @return the number of the view, from 0; most_views if none matches
  std::size_t find(const Route& route, const InterfaceViews& interfaces, const ClientSubnet* subnet) const noexcept;

 private:
  std::vector<config::GlobList> interfaces_;
  std::array<ViewSet, all_transports.size()> by_transport_;
  ViewSet without_interfaces_;
  ViewSet without_subnets_;
  // Absent if no view has such a list.
  std::optional<AddressViews> local_;
  std::optional<AddressViews> clients_;
  std::optional<NetworkViews> subnets_;
};

}  // namespace thence::dns
