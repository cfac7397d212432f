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

/// Which views each arrival interface belongs to, by its index; see ViewFinder::interface_views. A value.
using InterfaceViews = ViewRanges<std::uint32_t>;

/// Finds the view of a request: the first one that matches. Each list of the matches says which views it leaves, as a
/// set, and the first view that all of them leave is the one. Immutable, for all workers.
class ViewFinder {
 public:
  /// @param matches of the views, in their order; at most most_views
  explicit ViewFinder(const std::vector<ViewMatch>& matches);

  /// To be asked for anew when the interfaces of the host have changed.
  InterfaceViews interface_views(const InterfaceTable& interfaces) const;

  /// @param interfaces made by this finder
  /// @param subnet of the query, where a client that is trusted to tell it has asked; otherwise nullptr
  /// @return the number of the view, from 0; most_views where none matches
  std::size_t find(const Route& route, const InterfaceViews& interfaces, const ClientSubnet* subnet) const noexcept;

 private:
  std::vector<config::GlobList> interfaces_;
  std::array<ViewSet, all_transports.size()> by_transport_;
  ViewSet without_interfaces_;
  ViewSet without_subnets_;
  // Not there where no view has such a list.
  std::optional<AddressViews> local_;
  std::optional<AddressViews> clients_;
  std::optional<NetworkViews> subnets_;
};

}  // namespace thence::dns
