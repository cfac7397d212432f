#include "responder/host/interface_monitor.hpp"
#include "responder/probe/asked_sources.hpp"
#include "responder/probe/binding_lifetime.hpp"
#include "responder/probe/commands.hpp"
#include "responder/probe/nat_discovery.hpp"
#include "responder/probe/nat_report.hpp"
#include "responder/probe/output.hpp"
#include "responder/probe/progress_bar.hpp"
#include "responder/probe/resolve.hpp"
#include "responder/probe/stun_service.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>

#include <boost/asio/steady_timer.hpp>
#include <boost/json/array.hpp>

namespace thence::probe {

namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

/// The source address that routing selects for a server.
std::string routed_source(const Endpoint& server) {
  asio::io_context context;
  asio::ip::udp::socket socket(context, server.protocol());
  boost::system::error_code error;
  socket.connect(server, error);
  if (error) throw Failure(Status::no_answer, server.address().to_string() + ": " + reason(error));
  return socket.local_endpoint().address().to_string();
}

/// One server per family, asked from the address that routing selects or from those the user names.
std::vector<AskedSource> sources(const std::vector<Endpoint>& servers, const std::optional<std::string>& from) {
  std::vector<AskedSource> all;
  std::optional<Failure> failure;
  for (const bool v4 : {true, false}) {
    const auto server = std::find_if(servers.begin(), servers.end(),
                                     [&](const Endpoint& each) { return each.address().is_v4() == v4; });
    if (server == servers.end()) continue;
    try {
      auto some = asked_sources({*server}, from ? *from : routed_source(*server));
      if (!from) some.resize(1, some.front());
      all.insert(all.end(), some.begin(), some.end());
    } catch (const Failure& none) {
      if (none.status() == Status::usage) throw;
      failure = none;
    }
  }
  if (all.empty() && failure) throw Failure(*failure);
  return all;
}

/// A report in progress.
struct Probing {
  Probing(asio::io_context& on, AskedSource what) : context(on), asked(std::move(what)) {}

  asio::io_context& context;
  AskedSource asked;
  UdpClient client{context};
  NatReport report{};
  std::unique_ptr<BindingLifetime> lifetime{};
};

void discover(Probing& probing, const Retransmission& schedule) {
  auto& [context, asked, client, report, lifetime] = probing;
  report.interface = asked.source.interface;
  try {
    report.seen = discover(client, asked.source.address, asked.server, schedule);
  } catch (const boost::system::system_error& error) {
    report.seen.server = asked.server;
    report.seen.local = Endpoint(asked.source.address, 0);
    report.seen.primary.tried = true;
    report.seen.primary.why = reason(error.code());
  }
  report.behavior = decide(report.seen);
}

/// Runs the lifetime searches of all reports concurrently.
void find_lifetimes(asio::io_context& context, std::vector<std::unique_ptr<Probing>>& all, seconds longest,
                    const Retransmission& schedule) {
  std::vector<Probing*> searching;
  for (const auto& each : all) {
    const auto& behavior = each->report.behavior;
    if (!behavior.nat) continue;
    if (longest.count() == 0) {
      each->report.seen.lifetime.why_not = "not asked for (--lifetime 0)";
      continue;
    }
    if (!*behavior.nat && behavior.filtering == Dependence::endpoint_independent) continue;
    each->lifetime = std::make_unique<BindingLifetime>(context, each->client, each->asked.server,
                                                       each->asked.source.address, longest, schedule);
    each->lifetime->start();
    searching.push_back(each.get());
  }
  const auto over = [](const Probing* each) { return each->lifetime->done(); };
  ProgressBar bar;
  asio::steady_timer tick(context);
  while (!std::all_of(searching.begin(), searching.end(), over)) {
    const auto slowest = *std::find_if_not(searching.begin(), searching.end(), over);
    const auto [elapsed, total, survived] = slowest->lifetime->progress();
    bar.show(static_cast<double>(elapsed.count()) / static_cast<double>(std::max(total.count(), seconds::rep{1})),
             "binding lifetime: " + std::to_string(elapsed.count()) + " of at most " + std::to_string(total.count()) +
                 " s; one left alone for " + std::to_string(survived.count()) + " s was still there");
    constexpr std::chrono::milliseconds period{250};
    tick.expires_after(period);
    bool rang = false;
    tick.async_wait([&rang](boost::system::error_code) { rang = true; });
    while (!rang && !std::all_of(searching.begin(), searching.end(), over)) context.run_one();
    tick.cancel();
    while (!rang) context.run_one();
  }
  for (auto* const each : searching) each->report.seen.lifetime = each->lifetime->tests();
}

Status status_of(const std::vector<std::unique_ptr<Probing>>& all) {
  const auto any = [&](auto holds) {
    return std::any_of(all.begin(), all.end(), [&](const auto& each) { return holds(each->report.behavior); });
  };
  if (any([](const NatBehavior& behavior) { return !behavior.findings.empty(); })) return Status::finding;
  return any([](const NatBehavior& behavior) { return !behavior.nat; }) ? Status::no_answer : Status::right;
}

}  // namespace

Status probe_nat(const NatCommand& command) {
  const auto servers = resolve(read_host_port(command.host), stun_service);
  const auto schedule = retransmission(command.asking.timeout);
  asio::io_context context(1);
  std::vector<std::unique_ptr<Probing>> all;
  for (auto& each : sources(servers, command.asking.from)) {
    all.push_back(std::make_unique<Probing>(context, std::move(each)));
    discover(*all.back(), schedule);
  }
  find_lifetimes(context, all, command.lifetime, schedule);
  boost::json::array reports;
  for (const auto& each : all) {
    each->report.behavior = decide(each->report.seen);
    if (command.asking.json) {
      reports.push_back(report_json(each->report));
    } else {
      write_text((each == all.front() ? "" : "\n") + report_text(each->report));
    }
  }
  if (command.asking.json) write_json(boost::json::object{{"reports", std::move(reports)}});
  return status_of(all);
}

}  // namespace thence::probe
