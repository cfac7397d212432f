#pragma once

#include "responder/dispatch/status.hpp"

#include <string>

namespace thence::admin {

/// What metrics() is made of.
constexpr auto metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// A status in the text format of Prometheus. The names begin with `thence_`; README.md beside this has them all.
std::string metrics(const Status& status);

}  // namespace thence::admin
