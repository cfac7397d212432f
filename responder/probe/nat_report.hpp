#pragma once

#include "responder/probe/nat_behavior.hpp"

#include <string>

#include <boost/json/object.hpp>

namespace thence::probe {

/// What was found out from one local address.
struct NatReport {
  std::string interface;
  NatObservations seen;
  NatBehavior behavior;
};

/// For people: a heading, a line for each property, what was not found out, the verdict.
std::string report_text(const NatReport& report);

/// The fields of README.md.
boost::json::object report_json(const NatReport& report);

}  // namespace thence::probe
