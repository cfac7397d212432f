#include "responder/server.hpp"

#include "responder/endpoint_text.hpp"
#include "responder/log.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <system_error>
#include <thread>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

unsigned worker_count(const config::Settings& settings) {
  return settings.workers.value_or(std::clamp(std::thread::hardware_concurrency(), 1U, 256U));
}

/// What a person can do about it.
std::string advice(const Binding& binding, const std::error_code& error) {
  if (error == std::errc::address_in_use) {
    return "; another program has that port (who: ss -lnptu 'sport = :" + std::to_string(binding.port) + "')";
  }
  if (error == std::errc::permission_denied) return "; a port below 1024 needs the capability CAP_NET_BIND_SERVICE";
  if (error == std::errc::operation_not_permitted && binding.transparent) {
    return "; transparent: true needs the capability CAP_NET_ADMIN or CAP_NET_RAW";
  }
  return "";
}

std::string reason(std::string_view transport, const Binding& binding, const std::error_code& error) {
  return "cannot serve " + std::string(transport) + ' ' + text({binding.address(), binding.port}) + ": " +
         error.message() + advice(binding, error);
}

/// The totals of several workers, gathered one after the other.
void log_totals(const Counters& totals) {
  std::vector<Counter> sorted(totals.begin(), totals.end());
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const auto& [name, value] : sorted) {
    if (value == 0) continue;
    log::write(log::LogLevel::info, "counter", {{"name", name}, {"value", std::to_string(value)}});
  }
}

void add(Counters& totals, const Counters& more) {
  for (const auto& [name, value] : more) totals[name].value += value;
}

}  // namespace

Server::Server(Snapshot snapshot, Reloader::File file)
    : families_(host_families()),
      signals_(context_, SIGINT, SIGTERM),
      monitor_(context_,
               [this](const InterfaceTable& now) {
                 for (auto& worker : workers_) worker.interfaces_changed(now);
                 remark();
                 if (const auto held_back = limit_.pass(); held_back >= 0) {
                   log::write(log::LogLevel::info, "interfaces changed", {{"held-back", log::count(held_back)}});
                 }
               }),
      reloader_(context_, std::move(snapshot), std::move(file),
                [this](const Snapshot& now, std::function<void()> done) { replace(now, std::move(done)); }) {
  signals_.add(SIGHUP);
  signals_.add(SIGUSR1);
  const auto& served = reloader_.served();
  const auto& settings = served.settings;
  const auto count = worker_count(settings);
  for (unsigned i = 0; i < count; ++i) workers_.emplace_back(served, monitor_.table());
  std::string reasons;
  for (const auto& listener : settings.listeners) open(listener, reasons);
  if (!reasons.empty()) throw StartError(reasons);
  if (!families_.ipv6) log::write(log::LogLevel::warning, "this host has no IPv6; serving IPv4 alone");
  if (!families_.ipv4) log::write(log::LogLevel::warning, "this host has no IPv4; serving IPv6 alone");
}

void Server::open(const config::Listener& listener, std::string& reasons) {
  const auto add_reason = [&](const std::string& line) { reasons += (reasons.empty() ? "" : "\n") + line; };
  if (bindings(listener, families_, Share::alone).empty()) {
    add_reason("cannot serve port " + std::to_string(listener.port) + ": this host has none of its families");
  }
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const auto share = workers_.size() == 1 ? Share::alone : i == 0 ? Share::first : Share::sibling;
    for (const auto& binding : bindings(listener, families_, share)) {
      const auto attempt = [&](std::string_view transport, auto open_socket) {
        try {
          (workers_[i].*open_socket)(binding, listener);
        } catch (const boost::system::system_error& error) {
          // What the first worker cannot have, the others need not try to say again.
          if (i == 0 || reasons.empty()) add_reason(reason(transport, binding, error.code()));
        }
      };
      if (listener.udp) attempt("udp", &Worker::open_udp);
      if (listener.tcp) attempt("tcp", &Worker::open_tcp);
    }
  }
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
  log::write(log::LogLevel::info, "serving", {{"workers", std::to_string(workers_.size())}});
  context_.run();
  for (auto& worker : workers_) worker.stop();
  Counters totals;
  for (const auto& worker : workers_) add(totals, worker.counters());
  log_totals(totals);
}

void Server::remark() {
  const auto& services = reloader_.served().services;
  const auto& advertised = reloader_.served().settings.advertised;
  remarks_.resize(services.size());
  for (std::size_t i = 0; i < services.size(); ++i) {
    auto remark = services[i].remark ? services[i].remark(monitor_.table(), advertised) : std::string();
    // Once, however often the interfaces that it is about come and go.
    if (remark.empty() || remark == remarks_[i]) continue;
    log::write(log::LogLevel::warning, remark);
    remarks_[i] = std::move(remark);
  }
}

void Server::wait_for_signal() {
  signals_.async_wait([this](boost::system::error_code error, int signal) {
    if (error) return;
    act(signal);
    wait_for_signal();
  });
}

void Server::act(int signal) {
  if (signal == SIGHUP) return reload();
  if (signal == SIGUSR1) return log_counters();
  log::write(log::LogLevel::info, "ending", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  context_.stop();
}

void Server::replace(const Snapshot& snapshot, std::function<void()> done) {
  struct Waiting {
    std::function<void()> done;
    std::size_t awaited;
  };
  const auto waiting = std::make_shared<Waiting>(Waiting{std::move(done), workers_.size()});
  for (auto& worker : workers_) {
    worker.services_changed(snapshot, [this, waiting] {
      boost::asio::post(context_, [this, waiting] {
        if (--waiting->awaited != 0) return;
        remark();
        waiting->done();
      });
    });
  }
}

void Server::log_counters() {
  struct Gathering {
    Counters totals;
    std::size_t awaited;
  };
  const auto gathering = std::make_shared<Gathering>(Gathering{{}, workers_.size()});
  for (auto& worker : workers_) {
    worker.read_counters([this, gathering](const Counters& counters) {
      boost::asio::post(context_, [gathering, counters] {
        add(gathering->totals, counters);
        if (--gathering->awaited == 0) log_totals(gathering->totals);
      });
    });
  }
}

}  // namespace thence
