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

/// What the section `dns:` of a configuration says, and the zones that it names.
struct Settings {
  std::vector<LoadedZone> zones;  ///< all, of whatever view
  std::vector<View> views;        ///< at least one: without `views` it has everything and matches all requests
  /// What finds the view of a request; nothing without `views`.
  std::optional<ViewFinder> finder;
  /// Whose client subnet (RFC 7871) decides about the view; nobody's where it is empty.
  config::PrefixList trusted;
  /// A question that is worth asking here: the first name that tells the address asked, or else a zone's SOA.
  struct Example {
    std::string name;
    bool address = false;  ///< the question is for an address; otherwise for the SOA
  };
  std::optional<Example> example;
  std::vector<std::uint8_t> nsid;  ///< empty: none
  CookieSettings cookies;
  ChaosNames chaos;
  std::optional<RateLimitSettings> rate_limit;
  ForwardingLimits forwarding;
};

/// Reads the section and the zone files. Mistakes go to the cursor's problems, all of them; those in the content of a
/// zone file leave out that zone alone.
/// @param before settings that are replaced: zones that are made from the same are shared with them, and those that are
/// broken now stay as they were. What becomes of each is a note among the problems.
Settings read_settings(const config::Cursor& section, const Settings* before = nullptr);

}  // namespace thence::dns
