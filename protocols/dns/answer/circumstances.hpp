#pragma once

#include "config/settings.hpp"
#include "protocols/covered_addresses.hpp"
#include "protocols/dns/identity/cookie.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"

namespace thence::dns {

/// What an answer may depend on besides query name and type. What it refers to must outlive the answer.
struct Circumstances {
  const Query& query;
  const Route& route;
  CookieStanding cookie;
  const InterfaceTable& interfaces;
  const CoveredAddresses& covered;
  const config::AdvertisedAddresses& advertised;

  /// Whether an address of the host may be told: others will reach the host there, through the listeners asked.
  /// @param all also those that are deprecated or temporary
  bool may_tell(const InterfaceAddress& own, bool all) const noexcept {
    return own.usable && (own.lasting || all) && covered.covers(own.address, route.local.port());
  }
};

}  // namespace thence::dns
