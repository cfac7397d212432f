#pragma once

#include "protocols/route.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>

namespace thence::probe {

/// Writes a JSON document to standard output, on one line.
void write_json(boost::json::value document);
/// Writes lines to standard output, without control characters.
void write_text(std::string_view text);

/// A transport address as JSON: "192.0.2.1:3478", or null.
boost::json::value json_of(const std::optional<Endpoint>& endpoint);
/// Null for an empty text.
boost::json::value json_of(const std::string& text);
/// Milliseconds, rounded to microseconds.
double milliseconds(std::chrono::nanoseconds duration);

/// A transport address in a table, or "-".
std::string cell(const std::optional<Endpoint>& endpoint);
/// `1.25 ms`; `1.25 ms, request 3` if the request was sent more than once
std::string round_trip_cell(std::chrono::nanoseconds round_trip, unsigned transmissions);

}  // namespace thence::probe
