#include "protocols/endpoint_text.hpp"
#include "responder/command/text_table.hpp"
#include "responder/probe/ask_each.hpp"
#include "responder/probe/asked_sources.hpp"
#include "responder/probe/binding_transaction.hpp"
#include "responder/probe/commands.hpp"
#include "responder/probe/comparison.hpp"
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

struct ComparedRow {
  AskedSource asked;  // with STUN's port
  Endpoint dns_server;
  std::optional<Endpoint> local;
  BindingOutcome stun;
  DnsOutcome dns;
  std::string why_no_socket;

  std::optional<Endpoint> by_stun() const { return stun.success() ? stun.response->reflexive : std::nullopt; }
  std::optional<Endpoint> by_dns() const { return dns.response ? read_client_text(dns.response->texts) : std::nullopt; }
  Comparison comparison() const { return compare(by_stun(), by_dns()); }
  SourceVerdict stun_source() const { return source_verdict(asked.server, stun.answered_from); }
  SourceVerdict dns_source() const { return source_verdict(dns_server, dns.answered_from); }

  std::string why() const {
    if (!why_no_socket.empty()) return why_no_socket;
    std::vector<std::string> reasons;
    if (!stun.answered_from) reasons.push_back("STUN: no answer (" + stun.why + ")");
    if (stun.refused()) reasons.push_back("STUN: error " + error_text(*stun.response));
    if (!dns.answered_from) reasons.push_back("DNS: no answer (" + dns.why + ")");
    if (dns.response && !by_dns())
      reasons.push_back("DNS: " + dns.response->rcode + ", no text with an address and a port");
    if (stun_source() == SourceVerdict::wrong_source)
      reasons.push_back("STUN: answered from the wrong source " + text(*stun.answered_from));
    if (dns_source() == SourceVerdict::wrong_source)
      reasons.push_back("DNS: answered from the wrong source " + text(*dns.answered_from));
    std::string all;
    for (const auto& each : reasons) all += (all.empty() ? "" : "; ") + each;
    return all;
  }
};

void ask(std::span<ComparedRow> rows, const DnsQuestion& question, const Retransmission& schedule) {
  // One socket for both, so that a NAT can give both the same mapping.
  ask_each(
      rows,
      [&](UdpClient& client, SocketId socket, ComparedRow& row) {
        ask_binding(client, socket, row.asked.server, {}, schedule,
                    [&row](const BindingOutcome& outcome) { row.stun = outcome; });
        ask_dns(client, socket, row.dns_server, question, schedule,
                [&row](const DnsOutcome& outcome) { row.dns = outcome; });
      },
      [](ComparedRow& row, const std::string& why) { row.why_no_socket = why; });
}

std::string verdict_cell(const ComparedRow& row) {
  const auto why = row.why();
  const auto comparison = row.comparison();
  const std::string verdict = comparison == Comparison::same            ? "same"
                              : comparison == Comparison::other_port    ? "OTHER PORT"
                              : comparison == Comparison::other_address ? "OTHER ADDRESS"
                                                                        : "UNKNOWN";
  return verdict + (why.empty() ? "" : ": " + why);
}

std::string table(const std::vector<ComparedRow>& rows, bool several) {
  std::vector<std::vector<std::string>> cells{{"INTERFACE", "LOCAL ADDRESS"}};
  auto& heading = cells.front();
  if (several) heading.emplace_back("ASKED");
  for (const auto* const each : {"BY STUN", "BY DNS", "VERDICT"}) heading.emplace_back(each);
  for (const auto& row : rows) {
    auto& line = cells.emplace_back();
    line = {row.asked.source.interface, local_text(row)};
    if (several) line.push_back(row.asked.server.address().to_string());
    line.push_back(cell(row.by_stun()));
    line.push_back(cell(row.by_dns()));
    line.push_back(verdict_cell(row));
  }
  return text_table(cells);
}

json::object document(const std::vector<ComparedRow>& rows, const CompareCommand& command) {
  json::array results;
  for (const auto& row : rows) {
    results.push_back(json::object{
        {"server", row.asked.server.address().to_string()},
        {"interface", row.asked.source.interface},
        {"local", local_text(row)},
        {"stun", json_of(row.by_stun())},
        {"stun_answered_from", json_of(row.stun.answered_from)},
        {"dns", json_of(row.by_dns())},
        {"dns_answered_from", json_of(row.dns.answered_from)},
        {"verdict", name(row.comparison())},
        {"why", json_of(row.why())},
    });
  }
  return {{"name", command.name},
          {"stun_port", command.stun_port},
          {"dns_port", command.dns_port},
          {"results", std::move(results)}};
}

Status status(const ComparedRow& row) {
  const auto sources = status_of({row.stun_source(), row.dns_source()});
  if (sources != Status::right) return sources;
  return row.comparison() == Comparison::same ? Status::right : Status::finding;
}

Status status(const std::vector<ComparedRow>& rows) {
  const auto any = [&](Status wanted) {
    return std::any_of(rows.begin(), rows.end(), [&](const ComparedRow& row) { return status(row) == wanted; });
  };
  if (any(Status::finding)) return Status::finding;
  return any(Status::no_answer) ? Status::no_answer : Status::right;
}

}  // namespace

Status probe_compare(const CompareCommand& command) {
  const auto host = read_host_port(command.host);
  if (host.port) throw Failure(Status::usage, "'" + command.host + "': the ports are --stun-port and --dns-port");
  const auto question = dns_question(command.name, "TXT");
  const auto servers = resolve(host, {.srv = {}, .port = command.stun_port});
  std::vector<ComparedRow> rows;
  for (auto& each : asked_sources(servers, command.asking.from)) {
    const Endpoint dns(each.server.address(), command.dns_port);
    rows.push_back({std::move(each), dns, {}, {}, {}, {}});
  }
  ask(rows, question, retransmission(command.asking.timeout));
  if (command.asking.json) {
    write_json(document(rows, command));
  } else {
    write_text(table(rows, servers.size() > 1));
  }
  return status(rows);
}

}  // namespace thence::probe
