#pragma once

#include "responder/probe/nat_behavior.hpp"

#include <string>

#include <boost/json/object.hpp>

namespace thence::probe {

/// The results from one local address.
struct NatReport {
  std::string interface;
  NatObservations seen;
  NatBehavior behavior;
};

/// As text: a heading, one line per property, what could not be determined, and the verdict.
std::string report_text(const NatReport& report);

/// As JSON, with the fields listed in README.md.
boost::json::object report_json(const NatReport& report);

}  // namespace thence::probe
