#pragma once

#include <stdexcept>
#include <string>

namespace thence::probe {

/// The exit statuses of `thence probe`.
enum class Status : int {
  right = 0,      ///< every answer came, from the right address
  finding = 1,    ///< an answer from a wrong source, or some other fault of the server
  usage = 2,      ///< an invalid command line
  no_answer = 3,  ///< nothing to ask, nowhere to ask from, or no answer
};

/// Why a command cannot continue: one line for the user, and the exit status.
class Failure : public std::runtime_error {
 public:
  Failure(Status status, const std::string& line) : std::runtime_error(line), status_(status) {}
  Status status() const noexcept { return status_; }

 private:
  Status status_;
};

}  // namespace thence::probe
