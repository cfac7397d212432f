#pragma once

#include "responder/dispatch/status.hpp"

#include <string>

namespace thence::admin {

/// The Content-Type of metrics().
constexpr auto metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// A status in the Prometheus text format. The names begin with `thence_`; README.md in this folder lists them.
std::string metrics(const Status& status);

}  // namespace thence::admin
