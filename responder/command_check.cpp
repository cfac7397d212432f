#include "responder/commands.hpp"
#include "responder/snapshot.hpp"

#include <iostream>

namespace thence::command {

int check(const ConfigurationFile& file) {
  const auto problems = load(file).problems;
  bool good = true;
  for (const auto& problem : problems) {
    std::cerr << problem.text() << '\n';
    good = good && problem.severity < config::Severity::partial;
  }
  if (!good) return usage;
  std::cout << configuration_name(file) << ": good\n";
  return 0;
}

}  // namespace thence::command
