#include "responder/log/deadline.hpp"

#include <csignal>
#include <cstdlib>

#include <unistd.h>

namespace thence::log {

namespace {

volatile std::sig_atomic_t status_when_over = 0;

}  // namespace

Deadline::Deadline(std::chrono::seconds from_now, int exit_status) noexcept {
  status_when_over = exit_status;
  std::signal(SIGALRM, [](int) { std::_Exit(status_when_over); });
  ::alarm(static_cast<unsigned>(from_now.count()));
}

Deadline::~Deadline() { ::alarm(0); }

}  // namespace thence::log
