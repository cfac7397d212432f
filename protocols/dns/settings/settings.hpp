#pragma once

#include "config/reader.hpp"
#include "protocols/dns/identity/chaos.hpp"
#include "protocols/dns/identity/cookie.hpp"
#include "protocols/dns/settings/zone_source.hpp"
#include "protocols/dns/view/view.hpp"
#include "protocols/dns/view/view_finder.hpp"
#include "protocols/rate_limit.hpp"

#include <optional>
#include <string>
#include <vector>

namespace thence::dns {

/// The section `dns:` of a configuration, with the zones that it names.
struct Settings {
  std::vector<LoadedZone> zones;  ///< of all views
  std::vector<View> views;        ///< at least one: without `views`, one that has everything and matches all requests
  /// Finds the view of a request; nothing without `views`.
  std::optional<ViewFinder> finder;
  /// Clients whose client subnet (RFC 7871) may choose the view; empty: none.
  config::PrefixList trusted;
  /// A useful example question: the first name that resolves to the address asked, or else a zone's SOA.
  struct Example {
    std::string name;
    bool address = false;  ///< asks for an address; otherwise for the SOA
  };
  std::optional<Example> example;
  std::vector<std::uint8_t> nsid;  ///< empty: none
  CookieSettings cookies;
  ChaosNames chaos;
  std::optional<RateLimitSettings> rate_limit;
  ForwardingLimits forwarding;
};

/// Reads the section and the zone files. All errors go to the cursor's problems; those in the content of a zone file
/// leave out only that zone.
/// @param before the settings to be replaced: zones with unchanged sources are shared with them, and zones that are now
/// broken stay as they were. The notes among the problems say which.
Settings read_settings(const config::Cursor& section, const Settings* before = nullptr);

}  // namespace thence::dns
