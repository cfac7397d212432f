#include "responder/command/commands.hpp"

#include "responder/host/signals.hpp"

namespace thence::command {

void begin() noexcept { survive_closed_pipes(); }

}  // namespace thence::command
