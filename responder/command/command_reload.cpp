#include "config/problems.hpp"
#include "responder/admin/admin_client.hpp"
#include "responder/admin/reload_watch.hpp"
#include "responder/command/commands.hpp"
#include "responder/host/process.hpp"

#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

namespace thence::command {

namespace {

using namespace std::chrono_literals;
using admin::ReloadState;

constexpr auto between_looks = 100ms;

ReloadState look(const admin::AdminClient& client) {
  const auto answer = client.get("/status.json");
  if (answer.status != 200) throw std::runtime_error("the running server says: " + config::printable(answer.body));
  return admin::read_reload_state(answer.body);
}

/// As look(), but the server may be unreachable: it may start listening at this configuration's address only with the
/// reload.
ReloadState look_for(const admin::AdminClient& client, int pid) try {
  return look(client);
} catch (const std::runtime_error&) {
  ReloadState unknown;
  unknown.pid = pid;
  return unknown;
}

/// Signals a process. @throws std::runtime_error if it is not a server or may not be signalled
void signal(int pid) {
  // A server in a container has a process ID that belongs to another process outside.
  const auto name = process::program_of(pid);
  if (pid <= 0 || (!name.empty() && name != process::program_of(process::id()))) {
    throw std::runtime_error("process " + std::to_string(pid) + " is " + config::printable(name) +
                             " here, not the server; if the server is in a container, run this command there");
  }
  const auto error = process::ask_to_reload(pid);
  if (!error) return;
  throw std::runtime_error("cannot signal process " + std::to_string(pid) + ", the running server: " + error.message() +
                           (error == std::errc::operation_not_permitted ? "; run this as its user or as root" : ""));
}

int tell(const ReloadState& state) {
  auto& out = state.last_refused ? std::cerr : std::cout;
  out << (state.last_refused ? "reload refused, all stays as it was\n" : "reloaded\n");
  for (const auto& each : state.words) out << config::printable(each) << '\n';
  return state.last_refused ? 1 : 0;
}

}  // namespace

int reload(const ConfigurationFile& file, const ReloadOptions& options) {
  const admin::AdminClient client(file);
  const auto before = options.pid ? look_for(client, *options.pid) : look(client);
  const auto deadline = std::chrono::steady_clock::now() + options.patience;
  signal(before.pid);
  admin::ReloadWatch watch(before);
  while (std::chrono::steady_clock::now() < deadline) {
    const auto now = options.pid ? look_for(client, *options.pid) : look(client);
    if (now.pid != before.pid) throw std::runtime_error("the server was restarted in the meantime");
    if (watch.ended(now)) return tell(now);
    std::this_thread::sleep_for(between_looks);
  }
  std::cerr << "the reload did not finish within " << options.patience.count()
            << " s, or the server cannot be reached\n";
  return 1;
}

}  // namespace thence::command
