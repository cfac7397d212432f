#include "protocols/endpoint_text.hpp"
#include "responder/command/text_table.hpp"
#include "responder/probe/ask_each.hpp"
#include "responder/probe/asked_sources.hpp"
#include "responder/probe/binding_transaction.hpp"
#include "responder/probe/commands.hpp"
#include "responder/probe/dns_transaction.hpp"
#include "responder/probe/output.hpp"
#include "responder/probe/resolve.hpp"
#include "responder/probe/source_verdict.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace thence::probe {

namespace {

namespace json = boost::json;

constexpr std::uint16_t dns_port = 53;

struct DnsRow {
  AskedSource asked;
  std::optional<Endpoint> local;
  DnsOutcome outcome;

  SourceVerdict verdict() const { return source_verdict(asked.server, outcome.answered_from); }
};

void ask(std::span<DnsRow> rows, const DnsQuestion& question, const Retransmission& schedule) {
  ask_each(
      rows,
      [&](UdpClient& client, SocketId socket, DnsRow& row) {
        ask_dns(client, socket, row.asked.server, question, schedule,
                [&row](const DnsOutcome& outcome) { row.outcome = outcome; });
      },
      [](DnsRow& row, const std::string& why) { row.outcome.why = why; });
}

std::string verdict_cell(const DnsRow& row) {
  return std::string(title(row.verdict())) + (row.outcome.why.empty() ? "" : ": " + row.outcome.why);
}

std::string table(const std::vector<DnsRow>& rows, bool several) {
  std::vector<std::vector<std::string>> cells{{"INTERFACE", "LOCAL ADDRESS"}};
  auto& heading = cells.front();
  if (several) heading.emplace_back("ASKED");
  for (const auto* const each : {"RCODE", "ANSWERED FROM", "ROUND TRIP", "VERDICT"}) heading.emplace_back(each);
  for (const auto& row : rows) {
    const auto& outcome = row.outcome;
    auto& line = cells.emplace_back();
    line = {row.asked.source.interface, local_text(row)};
    if (several) line.push_back(text(row.asked.server));
    line.push_back(outcome.response ? outcome.response->rcode + (outcome.response->truncated ? " TC" : "") : "-");
    line.push_back(cell(outcome.answered_from));
    line.push_back(outcome.answered_from ? round_trip_cell(outcome.round_trip, outcome.transmissions) : "-");
    line.push_back(verdict_cell(row));
  }
  return text_table(cells);
}

/// The answers below the table: one if all are the same, otherwise one per local address.
std::string answers(const std::vector<DnsRow>& rows) {
  std::vector<const DnsRow*> answered;
  for (const auto& row : rows) {
    if (row.outcome.response) answered.push_back(&row);
  }
  if (answered.empty()) return "";
  const auto& first = answered.front()->outcome.response->answer;
  const bool same = std::all_of(answered.begin(), answered.end(),
                                [&](const DnsRow* row) { return row->outcome.response->answer == first; });
  std::string said;
  for (const auto* const row : answered) {
    said += same ? "\n" : "\nto " + local_text(*row) + ":\n";
    const auto& records = row->outcome.response->answer;
    if (records.empty()) said += "no records in the answer\n";
    for (const auto& record : records) said += record + '\n';
    if (same) break;
  }
  return said;
}

json::object document(const std::vector<DnsRow>& rows, const DnsCommand& command) {
  json::array results;
  for (const auto& row : rows) {
    const auto& [response, answered_from, transmissions, round_trip, why] = row.outcome;
    json::array answer;
    if (response) {
      for (const auto& record : response->answer) answer.emplace_back(record);
    }
    results.push_back(json::object{
        {"server", text(row.asked.server)},
        {"interface", row.asked.source.interface},
        {"local", local_text(row)},
        {"answered_from", json_of(answered_from)},
        {"round_trip_ms", answered_from ? json::value(milliseconds(round_trip)) : json::value(nullptr)},
        {"transmissions", transmissions},
        {"rcode", response ? json::value(response->rcode) : json::value(nullptr)},
        {"truncated", response ? json::value(response->truncated) : json::value(nullptr)},
        {"answer", std::move(answer)},
        {"verdict", name(row.verdict())},
        {"why", json_of(why)},
    });
  }
  return {{"name", command.name}, {"type", command.type}, {"results", std::move(results)}};
}

}  // namespace

Status probe_dns(const DnsCommand& command) {
  const auto question = dns_question(command.name, command.type);
  const auto servers = resolve(read_host_port(command.server), {.srv = {}, .port = dns_port});
  std::vector<DnsRow> rows;
  for (auto& each : asked_sources(servers, command.asking.from)) rows.push_back({std::move(each), {}, {}});
  ask(rows, question, retransmission(command.asking.timeout));
  if (command.asking.json) {
    write_json(document(rows, command));
  } else {
    write_text(table(rows, servers.size() > 1) + answers(rows));
  }
  std::vector<SourceVerdict> verdicts;
  verdicts.reserve(rows.size());
  for (const auto& row : rows) verdicts.push_back(row.verdict());
  return status_of(verdicts);
}

}  // namespace thence::probe
