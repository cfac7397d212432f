#include "config/utf8.hpp"
#include "responder/admin/admin_client.hpp"
#include "responder/command/commands.hpp"

#include <iostream>

namespace thence::command {

int health(const ConfigurationFile& file) {
  const auto answer = admin::AdminClient(file).get("/health/ready");
  std::cout << config::utf8_lines(answer.body);
  return answer.status == 200 ? 0 : 1;
}

}  // namespace thence::command
