#include "protocols/endpoint_text.hpp"
#include "responder/command/text_table.hpp"
#include "responder/probe/ask_each.hpp"
#include "responder/probe/asked_sources.hpp"
#include "responder/probe/binding_transaction.hpp"
#include "responder/probe/commands.hpp"
#include "responder/probe/output.hpp"
#include "responder/probe/resolve.hpp"
#include "responder/probe/source_verdict.hpp"
#include "responder/probe/stun_service.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace thence::probe {

namespace {

namespace json = boost::json;

struct StunRow {
  AskedSource asked;
  std::optional<Endpoint> local;
  BindingOutcome outcome;

  SourceVerdict verdict() const { return source_verdict(asked.server, outcome.answered_from); }
  std::string why() const { return outcome.refused() ? "error " + error_text(*outcome.response) : outcome.why; }
  std::optional<Endpoint> reflexive() const { return outcome.response ? outcome.response->reflexive : std::nullopt; }
};

void ask(std::span<StunRow> rows, const Retransmission& schedule) {
  ask_each(
      rows,
      [&](UdpClient& client, SocketId socket, StunRow& row) {
        ask_binding(client, socket, row.asked.server, {}, schedule,
                    [&row](const BindingOutcome& outcome) { row.outcome = outcome; });
      },
      [](StunRow& row, const std::string& why) { row.outcome.why = why; });
}

std::string verdict_cell(const StunRow& row) {
  const auto why = row.why();
  return std::string(title(row.verdict())) + (why.empty() ? "" : ": " + why);
}

std::string table(const std::vector<StunRow>& rows, bool several) {
  std::vector<std::vector<std::string>> cells{{"INTERFACE", "LOCAL ADDRESS"}};
  auto& heading = cells.front();
  if (several) heading.emplace_back("ASKED");
  for (const auto* const each : {"REFLEXIVE ADDRESS", "ANSWERED FROM", "ROUND TRIP", "VERDICT"})
    heading.emplace_back(each);
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    line = {row.asked.source.interface, local_text(row)};
    if (several) line.push_back(text(row.asked.server));
    line.push_back(cell(row.reflexive()));
    line.push_back(cell(row.outcome.answered_from));
    line.push_back(row.outcome.answered_from ? round_trip_cell(row.outcome.round_trip, row.outcome.transmissions)
                                             : "-");
    line.push_back(verdict_cell(row));
  }
  return text_table(cells);
}

json::object document(const std::vector<StunRow>& rows, const std::vector<Endpoint>& servers) {
  json::array results;
  for (const auto& row : rows) {
    const bool answered = row.outcome.answered_from.has_value();
    results.push_back(json::object{
        {"server", text(row.asked.server)},
        {"interface", row.asked.source.interface},
        {"local", local_text(row)},
        {"reflexive", json_of(row.reflexive())},
        {"answered_from", json_of(row.outcome.answered_from)},
        {"round_trip_ms", answered ? json::value(milliseconds(row.outcome.round_trip)) : json::value(nullptr)},
        {"transmissions", row.outcome.transmissions},
        {"error", row.outcome.refused() ? json::value(row.outcome.response->error) : json::value(nullptr)},
        {"verdict", name(row.verdict())},
        {"why", json_of(row.why())},
    });
  }
  json::array all;
  for (const auto& each : servers) all.emplace_back(text(each));
  return {{"server", text(servers.front())}, {"servers", std::move(all)}, {"results", std::move(results)}};
}

}  // namespace

Status probe_stun(const StunCommand& command) {
  const auto servers = resolve(read_host_port(command.host), stun_service);
  std::vector<StunRow> rows;
  for (auto& each : asked_sources(servers, command.asking.from)) rows.push_back({std::move(each), {}, {}});
  ask(rows, retransmission(command.asking.timeout));
  if (command.asking.json) {
    write_json(document(rows, servers));
  } else {
    write_text(table(rows, servers.size() > 1));
  }
  std::vector<SourceVerdict> verdicts;
  verdicts.reserve(rows.size());
  for (const auto& row : rows) verdicts.push_back(row.verdict());
  const auto status = status_of(verdicts);
  const bool refused = std::any_of(rows.begin(), rows.end(), [](const StunRow& row) { return row.outcome.refused(); });
  return refused ? Status::finding : status;
}

}  // namespace thence::probe
