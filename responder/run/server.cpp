#include "responder/run/server.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/host/process.hpp"
#include "responder/host/service_manager.hpp"
#include "responder/log/log.hpp"
#include "responder/run/status_report.hpp"

#include <algorithm>
#include <memory>
#include <system_error>
#include <thread>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

using namespace std::chrono_literals;

unsigned worker_count(const config::Settings& settings) {
  return settings.workers.value_or(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
}

std::deque<Worker> make_workers(const Snapshot& snapshot, const InterfaceTable& interfaces) {
  std::deque<Worker> workers;
  const auto count = worker_count(snapshot.settings);
  for (unsigned i = 0; i < count; ++i) workers.emplace_back(snapshot, interfaces);
  return workers;
}

/// Logs totals over all workers, sorted by name.
void log_totals(const Counters& totals) {
  std::vector<Counter> sorted(totals.begin(), totals.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const auto& [name, value] : sorted) {
    if (value == 0) continue;
    log::write(log::LogLevel::info, "counter", {{"name", name}, {"value", value}});
  }
}

void add(Counters& totals, const Counters& more) {
  for (const auto& [name, value] : more) totals[name].value += value;
}

constexpr std::chrono::seconds retry_interval{5};

/// Maximum log lines about sockets per change.
constexpr std::size_t most_told = 10;

/// Often enough for systemd's watchdog, if there is one.
std::chrono::microseconds beat_interval() {
  const auto asked = service_manager::watchdog();
  const std::chrono::microseconds usual = 1s;
  return asked ? std::min(usual, *asked / 3) : usual;
}

/// The first lines, and how many more there are: a host may have thousands of addresses.
std::vector<std::string> first_of(const std::vector<std::string>& lines) {
  if (lines.size() <= most_told) return lines;
  std::vector<std::string> some(lines.begin(), lines.begin() + most_told);
  some.push_back("and " + std::to_string(lines.size() - most_told) + " more");
  return some;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : first_of(lines)) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

Server::Server(Snapshot snapshot, Reloader::File file, InheritedSockets inherited)
    : families_(host_families()),
      signals_(context_, {Signal::interrupt, Signal::terminate, Signal::reload, Signal::counters}),
      monitor_(context_,
               [this](const InterfaceTable&) {
                 host_changed();
                 if (const auto held_back = limit_.pass(); held_back >= 0) {
                   log::write(log::LogLevel::info, "interfaces changed", {{"held-back", log::count(held_back)}});
                 }
               }),
      reloader_(context_, std::move(snapshot), std::move(file),
                [this](const Snapshot& now, std::function<void()> done) { return replace(now, std::move(done)); }),
      workers_(make_workers(reloader_.served(), monitor_.table())),
      sockets_(executors(), families_, std::move(inherited)),
      heartbeat_(context_, executors(), beat_interval(),
                 [this] {
                   if (heartbeat_.live()) service_manager::alive();
                 }),
      retry_(context_),
      drain_(context_),
      admin_(context_, [this](std::function<void(const Status&)> tell) { tell_status(std::move(tell)); }) {
  open_all();
  admin_.try_again(reloader_.served().settings.admin);
  retry_what_is_missing();
  if (!families_.ipv6) log::write(log::LogLevel::warning, "this host has no IPv6; serving IPv4 only");
  if (!families_.ipv4) log::write(log::LogLevel::warning, "this host has no IPv4; serving IPv6 only");
}

std::vector<boost::asio::any_io_executor> Server::executors() {
  std::vector<boost::asio::any_io_executor> all;
  for (auto& worker : workers_) all.push_back(worker.executor());
  return all;
}

void Server::open_all() {
  const auto& listeners = reloader_.served().settings.listeners;
  auto prepared = sockets_.prepare(listeners, monitor_.table());
  const auto refusals = std::exchange(prepared.refusals, {});
  if (refusals.empty()) tell_what_is_missing(prepared);
  auto changes = sockets_.take(std::move(prepared));
  // Log these first: one may hold the very port that could not be opened.
  for (const auto& each : sockets_.unused_inherited()) {
    log::write(log::LogLevel::warning, "inherited socket that no listener is for", {{"socket", each}});
  }
  if (!refusals.empty()) throw StartError(joined(refusals));
  for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i].open(std::move(changes[i]), listeners);
}

void Server::host_changed() {
  if (ending_) return;
  bring_again_ = bringing_;
  if (bringing_) return;
  bring(sockets_.prepare(reloader_.served().settings.listeners, monitor_.table()));
  remark();
}

void Server::bring(ListeningSockets::Prepared prepared) {
  bringing_ = true;
  tell_what_is_missing(prepared);
  auto changes = sockets_.take(std::move(prepared));
  const auto awaited = std::make_shared<std::size_t>(workers_.size());
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].interfaces_changed(monitor_.table(), std::move(changes[i]), [this, awaited] {
      boost::asio::post(context_, [this, awaited] {
        if (--*awaited != 0) return;
        bringing_ = false;
        if (bring_again_) host_changed();
      });
    });
  }
  retry_what_is_missing();
  tell_the_manager();
}

void Server::tell_what_is_missing(const ListeningSockets::Prepared& prepared) {
  for (const auto& wildcard : prepared.replaced) {
    if (sockets_.replaced().contains(wildcard)) continue;
    log::write(log::LogLevel::warning, "another program has that port on an address; using one socket per address",
               {{"socket", text(wildcard)}});
  }
  std::size_t told = 0;
  std::size_t untold = 0;
  const auto tell = [&](log::LogLevel level, std::string_view message, const Binding& binding, const std::string& why) {
    if (++told > most_told) {
      ++untold;
    } else {
      log::write(level, message, {{"socket", text(binding)}, {"error", why}});
    }
  };
  for (const auto& [binding, why] : prepared.missing) {
    if (!missing_.contains(binding)) tell(log::LogLevel::warning, "address not served", binding, why);
  }
  for (const auto& [binding, why] : missing_) {
    if (prepared.listeners.contains(binding)) tell(log::LogLevel::info, "address served after all", binding, "");
  }
  if (untold > 0) log::write(log::LogLevel::warning, "and likewise for other sockets", {{"sockets", untold}});
  missing_ = prepared.missing;
}

void Server::retry_what_is_missing() {
  if (missing_.empty() && !sockets_.incomplete() && !admin_.missing(reloader_.served().settings.admin)) return;
  retry_.expires_after(retry_interval);
  retry_.async_wait([this](boost::system::error_code error) {
    if (!error && !ending_) retry();
  });
}

void Server::retry() {
  admin_.try_again(reloader_.served().settings.admin);
  if (!bringing_) {
    auto prepared = sockets_.prepare(reloader_.served().settings.listeners, monitor_.table());
    // If nothing new could be opened, the workers need not be told.
    if (!prepared.opened.empty() || sockets_.incomplete()) return bring(std::move(prepared));
  }
  retry_what_is_missing();
}

void Server::start() try {
  for (auto& worker : workers_) worker.start();
} catch (const std::system_error& error) {
  for (auto& worker : workers_) worker.stop();
  throw StartError(std::string("cannot start a worker: ") + error.what());
}

void Server::run() {
  wait_for_signal();
  remark();
  log::write(log::LogLevel::info, "serving", {{"workers", workers_.size()}});
  heartbeat_.start();
  tell_the_manager();
  service_manager::ready();
  context_.run();
  for (auto& worker : workers_) worker.stop();
  Counters totals;
  for (const auto& worker : workers_) add(totals, worker.counters());
  log_totals(totals);
}

void Server::tell_the_manager() {
  service_manager::status("serving by " + std::to_string(sockets_.size()) + " sockets" +
                          (missing_.empty() ? "" : ", " + std::to_string(missing_.size()) + " cannot be had"));
}

void Server::remark() {
  const auto& services = reloader_.served().services;
  const auto& advertised = reloader_.served().settings.advertised;
  remarks_.resize(services.size());
  for (std::size_t i = 0; i < services.size(); ++i) {
    auto remark =
        services[i]->remark(interfaces_serving(reloader_.served(), plugins()[i].name, monitor_.table()), advertised);
    // Logged once, however often the interfaces in question come and go.
    if (remark.empty() || remark == remarks_[i]) continue;
    log::write(log::LogLevel::warning, remark);
    remarks_[i] = std::move(remark);
  }
}

void Server::wait_for_signal() {
  signals_.wait([this](Signal signal) {
    act(signal);
    wait_for_signal();
  });
}

void Server::act(Signal signal) {
  if (signal == Signal::counters) return log_counters();
  if (signal == Signal::reload) return ending_ ? void() : reload();
  if (std::exchange(ending_, true)) return context_.stop();
  end(signal);
}

void Server::end(Signal signal) {
  log::write(log::LogLevel::info, "ending", {{"signal", std::string(name(signal))}});
  service_manager::stopping();
  reloader_.end();
  sockets_.end();
  draining_ = workers_.size();
  for (auto& worker : workers_) {
    worker.drain([this] {
      boost::asio::post(context_, [this] {
        if (--draining_ == 0) context_.stop();
      });
    });
  }
  drain_.expires_after(reloader_.served().settings.drain);
  drain_.async_wait([this](boost::system::error_code) {
    log::write(log::LogLevel::warning, "drain time is over; ending with some answers still pending");
    context_.stop();
  });
}

std::vector<std::string> Server::replace(const Snapshot& snapshot, std::function<void()> done) {
  const auto& settings = snapshot.settings;
  const auto& before = reloader_.served().settings;
  auto prepared = sockets_.prepare(settings.listeners, monitor_.table(), ListeningSockets::Replaced::try_again);
  // An admin server that was already unavailable before is no reason to refuse the reload.
  const bool admin_changes = settings.admin != before.admin;
  auto prepared_admin = admin_changes ? admin_.prepare(settings.admin) : AdminListener::Prepared();
  auto refusals = std::exchange(prepared.refusals, {});
  if (!prepared_admin.refusal.empty()) refusals.push_back(std::move(prepared_admin.refusal));
  if (!refusals.empty()) {
    auto changes = sockets_.give_back(std::move(prepared));
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      workers_[i].interfaces_changed(monitor_.table(), std::move(changes[i]), [] {});
    }
    return first_of(refusals);
  }
  if (settings.log != before.log) log::start(settings.log);
  tell_what_is_missing(prepared);
  if (admin_changes) admin_.take(std::move(prepared_admin));
  struct Waiting {
    std::function<void()> done;
    std::size_t awaited;
  };
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(done), workers_.size()});
  auto changes = sockets_.take(std::move(prepared));
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    workers_[i].snapshot_changed(snapshot, std::move(changes[i]), [this, waiting] {
      boost::asio::post(context_, [this, waiting] {
        if (--waiting->awaited != 0) return;
        waiting->done();
        if (ending_) return;
        remark();
        admin_.try_again(reloader_.served().settings.admin);
        retry_what_is_missing();
        tell_the_manager();
      });
    });
  }
  return {};
}

void Server::gather(std::function<void(std::vector<WorkerReport>)> gathered) {
  struct Gathering {
    explicit Gathering(boost::asio::io_context& context) : patience(context) {}
    std::function<void(std::vector<WorkerReport>)> gathered;
    std::vector<WorkerReport> reports;
    std::size_t awaited = 0;
    boost::asio::steady_timer patience;

    void end() {
      patience.cancel();
      if (gathered) std::exchange(gathered, nullptr)(std::move(reports));
    }
  };
  const auto gathering = std::make_shared<Gathering>(context_);
  gathering->gathered = std::move(gathered);
  gathering->awaited = workers_.size();
  gathering->patience.expires_after(2s);
  gathering->patience.async_wait([gathering](boost::system::error_code error) {
    if (!error) gathering->end();
  });
  for (auto& worker : workers_) {
    worker.report([this, gathering](WorkerReport report) {
      boost::asio::post(context_, [gathering, report = std::move(report)]() mutable {
        gathering->reports.push_back(std::move(report));
        if (--gathering->awaited == 0) gathering->end();
      });
    });
  }
}

void Server::tell_status(std::function<void(const Status&)> tell) {
  gather([this, tell = std::move(tell)](const std::vector<WorkerReport>& reports) {
    auto status = status_of(reloader_.served(), monitor_.table(), families_, reports);
    status.version = THENCE_VERSION;
    status.pid = process::id();
    status.started = started_;
    status.uptime = std::chrono::steady_clock::now() - up_since_;
    status.configuration = reloader_.configuration();
    status.workers = static_cast<unsigned>(workers_.size());
    status.live = heartbeat_.live();
    status.reloads = reloader_.reloads();
    status.complete = reports.size() == workers_.size();
    status.ready = status.live && !ending_;
    if (!status.live) status.not_ready.emplace_back("a worker does not answer");
    if (ending_) status.not_ready.emplace_back("the server is shutting down");
    std::vector<std::string> missing;
    for (const auto& [binding, why] : missing_) missing.push_back(text(binding) + ": " + why);
    status.not_served = first_of(missing);
    tell(status);
  });
}

void Server::log_counters() {
  gather([](const std::vector<WorkerReport>& reports) {
    Counters totals;
    for (const auto& report : reports) add(totals, report.counters);
    log_totals(totals);
  });
}

}  // namespace thence
