#pragma once

#include <compare>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace thence::config {

/// One thing that is wrong with a configuration.
struct Problem {
  std::string file;     ///< as the user named it
  int line = 0;         ///< from 1; 0 where the file as a whole is meant
  int column = 0;       ///< from 1; 0 where the line as a whole is meant
  std::string key;      ///< such as `dns.zones[0].file`; may be empty
  std::string message;  ///< `what is wrong; what is allowed`

  /// `FILE:LINE:COLUMN: KEY: MESSAGE`, without the parts that are not known.
  std::string text() const;

  auto operator<=>(const Problem&) const = default;
};

/// A text with its control characters as `\xNN`, so that nothing in it can pass for another line or a terminal's
/// command.
std::string printable(std::string_view text);

/// All that is wrong with a configuration, so that a user sees everything at once.
class Problems {
 public:
  void add(Problem problem) { found_.push_back(std::move(problem)); }
  bool empty() const noexcept { return found_.empty(); }

  /// In the order of the file, each once.
  std::vector<Problem> sorted() const;

 private:
  std::vector<Problem> found_;
};

/// A configuration that cannot be used. what() has one line a problem.
class Invalid : public std::runtime_error {
 public:
  explicit Invalid(const Problems& problems);
};

}  // namespace thence::config
