#include "responder/commands.hpp"
#include "responder/log.hpp"
#include "responder/served_addresses.hpp"
#include "responder/server.hpp"

#include <csignal>
#include <cstdio>
#include <string_view>

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

/// One log line for each line of a text.
void log_lines(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    log::write(log::LogLevel::error, text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
}

int serve_snapshot(const Snapshot& snapshot) {
  try {
    Server server(snapshot);
    server.start();
    std::fputs(served_table(snapshot, server.interfaces(), server.families()).c_str(), stdout);
    std::fflush(stdout);
    server.run();
    return 0;
  } catch (const std::exception& error) {
    log_lines(error.what());
    return 1;
  }
}

}  // namespace

int serve(const ConfigurationFile& file) {
  // Whoever asks for counters while zones are read must not end the server.
  std::signal(SIGUSR1, SIG_IGN);
  raise_descriptor_limit();
  const auto snapshot = load(file);
  log::start(snapshot.settings.log);
  log::write(log::LogLevel::info, "starting",
             {{"version", THENCE_VERSION}, {"configuration", configuration_name(file)}});
  const int status = serve_snapshot(snapshot);
  log::stop(status);
  return status;
}

}  // namespace thence::command
