#include "responder/probe/nat_report.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/command/text_table.hpp"
#include "responder/probe/output.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

namespace thence::probe {

namespace {

namespace json = boost::json;

constexpr const char* unknown = "not found out";

std::string yes_no(const std::optional<bool>& value) {
  if (!value) return unknown;
  return *value ? "yes" : "no";
}

std::string dependence_cell(const std::optional<Dependence>& value) {
  return value ? std::string(name(*value)) : unknown;
}

std::string lifetime_cell(const Lifetime& lifetime) {
  const auto seconds = [](std::chrono::seconds count) { return std::to_string(count.count()) + " s"; };
  std::string said;
  if (lifetime.at_least) said = "at least " + seconds(*lifetime.at_least);
  if (lifetime.less_than) said += (said.empty() ? "less than " : ", less than ") + seconds(*lifetime.less_than);
  return said.empty() ? unknown : said;
}

std::string fragments_cell(const NatReport& report) {
  const auto& behavior = report.behavior;
  if (behavior.fragments == true) return "pass, both ways";
  if (behavior.fragmented_requests == false) return "requests do not pass";
  if (behavior.fragmented_responses == false) return "responses do not pass";
  return behavior.fragmented_requests == true ? "requests pass, responses not found out" : unknown;
}

std::string nat_cell(const NatReport& report) {
  const auto& [interface, seen, behavior] = report;
  if (!behavior.nat) return unknown;
  if (!*behavior.nat) return "none: " + text(seen.local) + " is seen as it is";
  return text(seen.local) + " is seen as " + text(*seen.primary.response->reflexive);
}

template <typename Value>
json::value optional_json(const std::optional<Value>& value) {
  if (!value) return nullptr;
  return json::value_from(*value);
}

json::value dependence_json(const std::optional<Dependence>& value) {
  if (!value) return nullptr;
  return json::value_from(name(*value));
}

json::value seconds_json(const std::optional<std::chrono::seconds>& value) {
  if (!value) return nullptr;
  return json::value_from(value->count());
}

const char* family(const NatReport& report) { return report.seen.server.address().is_v4() ? "IPv4" : "IPv6"; }

std::optional<Endpoint> reflexive(const NatReport& report) {
  const auto& response = report.seen.primary.response;
  return response ? response->reflexive : std::nullopt;
}

}  // namespace

std::string report_text(const NatReport& report) {
  const auto& behavior = report.behavior;
  std::string said = std::string(family(report)) + ", from " + report.seen.local.address().to_string() +
                     (report.interface.empty() ? "" : " (" + report.interface + ")") + " to " +
                     text(report.seen.server) + '\n';
  if (behavior.nat) {
    std::vector<std::vector<std::string>> rows{
        {"  NAT", nat_cell(report)},
        {"  mapping", dependence_cell(behavior.mapping)},
        {"  filtering", dependence_cell(behavior.filtering)},
    };
    const bool state = *behavior.nat || behavior.filtering != Dependence::endpoint_independent;
    if (*behavior.nat) rows.push_back({"  hairpinning", yes_no(behavior.hairpinning)});
    if (state) rows.push_back({"  binding lifetime", lifetime_cell(behavior.lifetime)});
    rows.push_back({"  fragments", fragments_cell(report)});
    if (behavior.old_name) rows.push_back({"  old name", *behavior.old_name});
    said += text_table(rows);
  }
  said += "  " + behavior.verdict + ".\n";
  for (const auto& each : behavior.findings) said += "  finding: " + each + '\n';
  if (behavior.nat) {
    for (const auto& each : behavior.not_found_out) said += "  not found out: " + each.what + ": " + each.why + '\n';
  }
  return said;
}

json::object report_json(const NatReport& report) {
  const auto& [interface, seen, behavior] = report;
  json::array not_found_out;
  for (const auto& each : behavior.not_found_out)
    not_found_out.push_back(json::object{{"what", each.what}, {"why", each.why}});
  json::array findings;
  for (const auto& each : behavior.findings) findings.emplace_back(each);
  const auto& response = seen.primary.response;
  return {
      {"family", family(report)},
      {"server", text(seen.server)},
      {"other_address", json_of(response ? response->other_address : std::nullopt)},
      {"interface", json_of(interface)},
      {"local", text(seen.local)},
      {"reflexive", json_of(reflexive(report))},
      {"nat", optional_json(behavior.nat)},
      {"mapping", dependence_json(behavior.mapping)},
      {"filtering", dependence_json(behavior.filtering)},
      {"hairpinning", optional_json(behavior.hairpinning)},
      {"lifetime_seconds", json::object{{"at_least", seconds_json(behavior.lifetime.at_least)},
                                        {"less_than", seconds_json(behavior.lifetime.less_than)}}},
      {"fragments", optional_json(behavior.fragments)},
      {"fragments_detail", json::object{{"requests", optional_json(behavior.fragmented_requests)},
                                        {"responses", optional_json(behavior.fragmented_responses)},
                                        {"link_mtu", seen.padding.link_mtu},
                                        {"request_octets", seen.padding.request_size},
                                        {"response_octets", seen.padding.response_size}}},
      {"old_name", optional_json(behavior.old_name)},
      {"verdict", behavior.verdict},
      {"not_found_out", std::move(not_found_out)},
      {"findings", std::move(findings)},
  };
}

}  // namespace thence::probe
