#pragma once

#include "protocols/dns/view/view_match.hpp"
#include "protocols/dns/view/zone_table.hpp"

#include <cstdint>
#include <string>

namespace thence::dns {

/// Whether the requests of a view are answered.
enum class Access : std::uint8_t {
  answer,
  refuse,  ///< all get REFUSED
  drop,    ///< none get a reply
};

/// An entry of `views:`: what the requests that match it get.
struct View {
  std::string name;
  ViewMatch match;
  Access access = Access::answer;
  ZoneTable zones;
};

}  // namespace thence::dns
