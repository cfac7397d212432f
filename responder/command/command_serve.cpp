#include "responder/command/commands.hpp"
#include "responder/command/served_table.hpp"
#include "responder/host/privileges.hpp"
#include "responder/host/process.hpp"
#include "responder/host/signals.hpp"
#include "responder/log/log.hpp"
#include "responder/log/problem_log.hpp"
#include "responder/run/server.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

namespace thence::command {

namespace {

void tell_what_is_left_out(const std::vector<config::Problem>& problems) {
  log::write(problems);
  const auto mistakes = std::ranges::count(problems, config::Severity::partial, &config::Problem::severity);
  if (mistakes == 0) return;
  log::write(log::LogLevel::error, "what these mistakes are about is not served, all else is",
             {{"mistakes", log::count(mistakes)}});
}

/// Prints what is served where, or logs it if all output must be JSON.
void tell_what_is_served(const Server& server) {
  const auto& snapshot = server.snapshot();
  if (snapshot.settings.log.format == config::LogFormat::json) {
    return log_served(snapshot, server.interfaces(), server.families());
  }
  std::fputs(served_table(snapshot, server.interfaces(), server.families()).c_str(), stdout);
  std::fflush(stdout);
}

/// Returns only if the server cannot start.
int serve_snapshot(Snapshot snapshot, const ConfigurationFile& file) {
  try {
    Server server(std::move(snapshot), file, InheritedSockets::take());
    if (has_come(Signal::reload)) server.reload();
    server.start();
    tell_what_is_served(server);
    server.run();
    // Nothing is freed: the system does that sooner, a reload may still be loading what will never be served, and until
    // the very end another SIGTERM has to find its handler, not the default action.
    log::stop(0);
    std::_Exit(0);
  } catch (const std::exception& error) {
    log::write_lines(error.what());
    return 1;
  }
}

/// Says at the start what a reload could not do: read the file as the user that the server has become.
void require_readable(const std::filesystem::path& file) {
  std::error_code unknown;
  // A pipe is not read again, and waits for a writer.
  if (std::filesystem::is_other(file, unknown) || std::ifstream(file).is_open()) return;
  config::Problems problems;
  problems.add({file.string(), 0, 0, "", std::string("cannot be read: ") + std::strerror(errno)});
  throw config::Invalid(problems);
}

/// @param document what the file holds
int serve_document(const config::Document& document, const ConfigurationFile& file) try {
  // Change user first, so that everything else is read with the same rights as on a later reload.
  if (const auto user = configured_user(document)) {
    privileges::become(*user);
    if (file) require_readable(*file);
  }
  auto snapshot = load(document);
  privileges::keep_what_is_needed(snapshot.settings);
  log::start(snapshot.settings.log);
  log::write(log::LogLevel::info, "starting",
             {{"version", THENCE_VERSION}, {"configuration", configuration_name(file)}});
  tell_what_is_left_out(snapshot.problems);
  const int status = serve_snapshot(std::move(snapshot), file);
  log::stop(status);
  return status;
} catch (const std::exception& error) {
  // The caller prints the error as text.
  if (!logs_json(document)) throw;
  const int status = dynamic_cast<const config::Invalid*>(&error) != nullptr ? usage : 1;
  log::start({log::LogLevel::error, config::LogFormat::json});
  log::write_lines(error.what());
  log::stop(status);
  return status;
}

}  // namespace

int serve(const ConfigurationFile& file) {
  // A signal for counters or a reload must not end the server while zones are being read. A reload is remembered,
  // because what has already been read may have changed since.
  ignore(Signal::counters);
  keep_in_mind(Signal::reload);
  process::raise_descriptor_limit();
  process::return_large_memory();
  return serve_document(read_configuration(file), file);
}

}  // namespace thence::command
