#include "responder/host/console.hpp"

#include <unistd.h>

namespace thence::console {

bool output_is_terminal() noexcept { return ::isatty(STDOUT_FILENO) == 1; }

bool error_is_terminal() noexcept { return ::isatty(STDERR_FILENO) == 1; }

}  // namespace thence::console
