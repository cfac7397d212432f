#include "responder/commands.hpp"
#include "responder/log.hpp"
#include "responder/served_addresses.hpp"
#include "responder/server.hpp"

#include <cstdio>

namespace thence::command {

namespace {

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
    std::fputs(served_table(snapshot, server.interfaces(), server.families()).c_str(), stdout);
    std::fflush(stdout);
    server.run();
    return 0;
  } catch (const StartError& error) {
    log_lines(error.what());
    return 1;
  }
}

}  // namespace

int serve(const ConfigurationFile& file) {
  const auto snapshot = load(file);
  log::start(snapshot.settings.log);
  log::write(log::LogLevel::info, "starting",
             {{"version", THENCE_VERSION}, {"configuration", configuration_name(file)}});
  const int status = serve_snapshot(snapshot);
  log::stop();
  return status;
}

}  // namespace thence::command
