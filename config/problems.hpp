#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace thence::config {

/// How a problem affects what is served.
enum class Severity : std::uint8_t {
  note,     ///< not at all: information worth a line
  warning,  ///< not at all: the setting is used as it is
  partial,  ///< the part concerned, such as one zone, is left out or stays as it was; everything else is served
  fatal,    ///< the whole configuration is refused
};

/// One thing that is wrong with a configuration.
struct Problem {
  std::string file;     ///< as the user named it
  int line = 0;         ///< from 1; 0: the whole file
  int column = 0;       ///< from 1; 0: the whole line
  std::string key;      ///< such as `dns.zones[0].file`; may be empty
  std::string message;  ///< `what is wrong; what is allowed`
  Severity severity = Severity::fatal;

  /// `FILE:LINE:COLUMN: KEY: MESSAGE`, without the parts that are unknown. A severity other than an error is named
  /// before the key.
  std::string text() const;

  auto operator<=>(const Problem&) const = default;
};

/// Escapes control characters as `\xNN`, so that the text cannot forge a log line or a terminal command.
std::string printable(std::string_view text);

/// The most octets of a message: more than anybody reads, and less than input can make it.
inline constexpr std::size_t longest_message = 1000;

/// A text whose middle is left out if it is too long: its beginning says what it is about, its end what is allowed.
/// @param most octets, at least 100
std::string shortened(std::string text, std::size_t most = longest_message);

/// Collects the problems of a configuration, so that the user sees them all at once.
class Problems {
 public:
  /// How many of each severity are kept; the others are only counted.
  static constexpr std::size_t most = 1000;

  void add(Problem problem);
  bool empty() const noexcept { return count() == 0; }
  /// How many were added so far: comparing counts tells a reader whether its part had any problems.
  std::size_t count() const noexcept;
  /// Whether any problem is at least that severe.
  bool any(Severity least) const noexcept;

  /// In file order, without duplicates. At the end, one for each severity says how many were not kept.
  std::vector<Problem> sorted() const;

 private:
  std::vector<Problem> found_;
  std::array<std::size_t, 4> added_{};  ///< by severity
};

/// A configuration that cannot be used. what() has one line per problem.
class Invalid : public std::runtime_error {
 public:
  explicit Invalid(const Problems& problems);
};

}  // namespace thence::config
