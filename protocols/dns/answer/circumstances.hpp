#pragma once

#include "config/settings.hpp"
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
  const config::AdvertisedAddresses& advertised;
};

}  // namespace thence::dns
