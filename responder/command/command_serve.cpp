#include "responder/command/commands.hpp"
#include "responder/command/served_table.hpp"
#include "responder/host/privileges.hpp"
#include "responder/log/log.hpp"
#include "responder/log/problem_log.hpp"
#include "responder/run/server.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include <malloc.h>
#include <sys/resource.h>

namespace thence::command {

namespace {

/// Sockets and connections may need more descriptors than a shell hands out.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Memory of large data goes back to the system as soon as it is freed. The library would begin to keep it for the next
/// time, and a reload would leave behind as much as it took.
void return_large_memory() {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
#endif
}

/// Whether SIGHUP came while the configuration was being read, which may have changed behind the reading.
volatile std::sig_atomic_t changed_meanwhile = 0;

void tell_what_is_left_out(const std::vector<config::Problem>& problems) {
  log::write(problems);
  const auto mistakes = std::ranges::count(problems, config::Severity::partial, &config::Problem::severity);
  if (mistakes == 0) return;
  log::write(log::LogLevel::error, "what these mistakes are about is not served, all else is",
             {{"mistakes", log::count(mistakes)}});
}

/// What is served where. The log tells it where all of the output is to be JSON.
void tell_what_is_served(const Server& server) {
  const auto& snapshot = server.snapshot();
  if (snapshot.settings.log.format == config::LogFormat::json) {
    return log_served(snapshot, server.interfaces(), server.families());
  }
  std::fputs(served_table(snapshot, server.interfaces(), server.families()).c_str(), stdout);
  std::fflush(stdout);
}

int serve_snapshot(Snapshot snapshot, const ConfigurationFile& file) {
  try {
    Server server(std::move(snapshot), file, InheritedSockets::take());
    if (changed_meanwhile != 0) server.reload();
    server.start();
    tell_what_is_served(server);
    server.run();
    if (server.reloading()) {
      // Nobody waits for data that nobody will serve.
      log::stop(0);
      std::_Exit(0);
    }
    return 0;
  } catch (const std::exception& error) {
    log::write_lines(error.what());
    return 1;
  }
}

}  // namespace

int serve(const ConfigurationFile& file) try {
  // Whoever asks for counters or a reload while zones are read must not end the server.
  std::signal(SIGUSR1, SIG_IGN);
  std::signal(SIGHUP, [](int) { changed_meanwhile = 1; });
  raise_descriptor_limit();
  return_large_memory();
  // All that is read is read with the rights that a later reload will have.
  if (const auto user = configured_user(file)) privileges::become(*user);
  auto snapshot = load(file);
  privileges::keep_what_is_needed(snapshot.settings);
  log::start(snapshot.settings.log);
  log::write(log::LogLevel::info, "starting",
             {{"version", THENCE_VERSION}, {"configuration", configuration_name(file)}});
  tell_what_is_left_out(snapshot.problems);
  const int status = serve_snapshot(std::move(snapshot), file);
  log::stop(status);
  return status;
} catch (const std::exception& error) {
  // As text it is for whoever has called.
  if (!logs_json(file)) throw;
  const int status = dynamic_cast<const config::Invalid*>(&error) != nullptr ? usage : 1;
  log::start({log::LogLevel::error, config::LogFormat::json});
  log::write_lines(error.what());
  log::stop(status);
  return status;
}

}  // namespace thence::command
