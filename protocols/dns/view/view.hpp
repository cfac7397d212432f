#pragma once

#include "protocols/dns/view/view_match.hpp"
#include "protocols/dns/view/zone_table.hpp"

#include <cstdint>
#include <string>

namespace thence::dns {

/// Whether the requests of a view are answered.
enum class Access : std::uint8_t {
  answer,
  refuse,  ///< all of them get REFUSED
  drop,    ///< none gets a reply
};

/// What a part of the requests get: an entry of `views:`.
struct View {
  std::string name;
  ViewMatch match;
  Access access = Access::answer;
  ZoneTable zones;
};

}  // namespace thence::dns
