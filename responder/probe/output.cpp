#include "responder/probe/output.hpp"

#include "config/utf8.hpp"
#include "protocols/endpoint_text.hpp"
#include "responder/command/json_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>

#include <boost/json/value_from.hpp>

namespace thence::probe {

void write_json(boost::json::value document) { std::cout << json_text(std::move(document)) << '\n'; }

void write_text(std::string_view text) { std::cout << config::utf8_lines(text); }

boost::json::value json_of(const std::optional<Endpoint>& endpoint) {
  if (!endpoint) return nullptr;
  return boost::json::value_from(text(*endpoint));
}

boost::json::value json_of(const std::string& text) {
  if (text.empty()) return nullptr;
  return boost::json::value_from(text);
}

double milliseconds(std::chrono::nanoseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

std::string cell(const std::optional<Endpoint>& endpoint) { return endpoint ? text(*endpoint) : "-"; }

std::string round_trip_cell(std::chrono::nanoseconds round_trip, unsigned transmissions) {
  std::array<char, 48> written{};
  std::snprintf(written.data(), written.size(), "%.2f ms", milliseconds(round_trip));
  return std::string(written.data()) + (transmissions > 1 ? ", request " + std::to_string(transmissions) : "");
}

}  // namespace thence::probe
