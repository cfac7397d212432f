#include "responder/commands.hpp"
#include "responder/snapshot.hpp"

#include <iostream>

namespace thence::command {

int check(const ConfigurationFile& file) {
  load(file);
  std::cout << configuration_name(file) << ": good\n";
  return 0;
}

}  // namespace thence::command
