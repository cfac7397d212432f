#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace thence::config {

/// What a problem does to what is served.
enum class Severity : std::uint8_t {
  note,     ///< nothing: this is worth a line, and good
  warning,  ///< nothing: it is served as it is
  partial,  ///< what it is about, such as one zone, is left out or stays as it was; all else is served
  fatal,    ///< the whole configuration is refused
};

/// One thing that is wrong with a configuration.
struct Problem {
  std::string file;     ///< as the user named it
  int line = 0;         ///< from 1; 0 where the file as a whole is meant
  int column = 0;       ///< from 1; 0 where the line as a whole is meant
  std::string key;      ///< such as `dns.zones[0].file`; may be empty
  std::string message;  ///< `what is wrong; what is allowed`
  Severity severity = Severity::fatal;

  /// `FILE:LINE:COLUMN: KEY: MESSAGE`, without the parts that are not known; what is no mistake says so before the key.
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
  /// How many were added so far: who reads a part learns from it whether anything was wrong there.
  std::size_t count() const noexcept { return found_.size(); }
  /// Whether there is one at least that severe.
  bool any(Severity least) const noexcept;

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
