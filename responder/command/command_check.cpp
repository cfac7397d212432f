#include "config/utf8.hpp"
#include "responder/command/amplification.hpp"
#include "responder/command/commands.hpp"
#include "responder/command/explanation.hpp"
#include "responder/command/supposition.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_interfaces.hpp"
#include "responder/socket/listening_sockets.hpp"

#include <algorithm>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include <boost/asio/io_context.hpp>

namespace thence::command {

namespace {

int explain(const Snapshot& snapshot, const std::string& text) {
  try {
    auto interfaces = read_interfaces();
    const auto supposed = read_supposition(text, interfaces);
    std::cout << config::utf8_lines(explanation(snapshot, supposed, interfaces));
    return 0;
  } catch (const std::invalid_argument& mistake) {
    std::cerr << "--explain: " << config::utf8_lines(mistake.what()) << '\n';
    return usage;
  }
}

/// Which of the listeners' sockets could be opened on this host now, and what they would expose.
std::string words_about_host(const Snapshot& snapshot) {
  boost::asio::io_context context;
  const auto interfaces = read_interfaces();
  ListeningSockets sockets({context.get_executor()}, host_families(), {});
  auto lines = ListeningSockets::words(sockets.prepare(snapshot.settings.listeners, interfaces));
  std::ranges::move(words_about_amplification(snapshot, interfaces, host_families()), std::back_inserter(lines));
  std::string words;
  for (const auto& line : lines) words += "  " + config::utf8(line) + '\n';
  return words;
}

}  // namespace

int check(const ConfigurationFile& file, const std::optional<std::string>& supposed) {
  const auto snapshot = load(file);
  bool good = true;
  for (const auto& problem : snapshot.problems) {
    std::cerr << problem.text() << '\n';
    good = good && problem.severity < config::Severity::partial;
  }
  if (!good) return usage;
  if (supposed) return explain(snapshot, *supposed);
  std::cout << config::utf8(configuration_name(file)) << ": good\n"
            << "On this host now, with this user's rights, and beside any Thence that is already running:\n"
            << words_about_host(snapshot);
  return 0;
}

}  // namespace thence::command
