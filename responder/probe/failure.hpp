#pragma once

#include <stdexcept>
#include <string>

namespace thence::probe {

/// The exit statuses of `thence probe`.
enum class Status : int {
  right = 0,      ///< every answer came, from where it should
  finding = 1,    ///< an answer from a wrong source, or something else that a good server does not do
  usage = 2,      ///< a command line that cannot be used
  no_answer = 3,  ///< nothing to ask, nowhere to ask from, or no answer
};

/// Why a command cannot go on: one line for the user, and the status to exit with.
class Failure : public std::runtime_error {
 public:
  Failure(Status status, const std::string& line) : std::runtime_error(line), status_(status) {}
  Status status() const noexcept { return status_; }

 private:
  Status status_;
};

}  // namespace thence::probe
