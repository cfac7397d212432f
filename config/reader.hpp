#pragma once

#include "config/document.hpp"
#include "config/glob.hpp"
#include "config/prefix.hpp"
#include "config/problems.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::config {

class Map;
struct Entry;

/// A place in a YAML document, with its file, line, column and key, that reads the value there.
///
/// For an invalid value it adds a problem and returns the fallback, so that reading goes on and the user sees all
/// errors at once. An absent or empty value gives the fallback; without a fallback it is an error as well.
class Cursor {
 public:
  /// The root of a document. Both arguments must outlive the cursor.
  Cursor(const Document& document, Problems& problems);

  bool present() const noexcept { return present_; }
  bool is_list() const;
  bool is_map() const;
  /// Whether the value is exactly that word, for settings that take a word or something else.
  bool is(std::string_view word) const;

  /// The same place, with that severity for its errors and those of everything below it. The default is fatal.
  Cursor with(Severity severity) const;
  Severity severity() const noexcept { return severity_; }

  /// Reports an error at this place. @param message `what is wrong; what is allowed`
  void wrong(std::string message) const;
  /// Where errors go: for reporting one in another file, which this value names.
  Problems& problems() const noexcept { return *problems_; }
  /// Asks to give up reading the files that the document names. Poll it wherever much is read.
  const std::stop_token& stop() const noexcept { return document_->stop; }

  std::string string(const std::optional<std::string>& fallback = {}) const;
  bool boolean(std::optional<bool> fallback = {}) const;
  /// @param besides what else the caller accepts, for the message
  std::uint64_t number(std::uint64_t least, std::uint64_t most, std::optional<std::uint64_t> fallback = {},
                       std::string_view besides = "") const;
  /// A UDP or TCP port, 1 to 65535.
  std::uint16_t port(std::optional<std::uint16_t> fallback = {}) const;
  /// A unicast IP address without a scope id, never v4-mapped IPv6.
  /// @return nothing when it is absent or no such address; either is an error
  std::optional<boost::asio::ip::address> address() const;
  /// A list of prefixes such as `10.0.0.0/8` or addresses, each optionally preceded by `!`; empty when absent.
  PrefixList prefixes() const;
  /// A list of interface names or globs, each optionally preceded by `!`; empty when absent.
  GlobList interfaces() const;
  /// A number with `ms`, `s`, `m` or `h`.
  std::chrono::milliseconds duration(std::chrono::milliseconds least, std::chrono::milliseconds most,
                                     std::optional<std::chrono::milliseconds> fallback = {}) const;
  /// Octets: a number alone or with `KiB` or `MiB`.
  std::size_t size(std::size_t least, std::size_t most, std::optional<std::size_t> fallback = {}) const;
  /// A file name; a relative one is resolved against the folder of the document.
  std::filesystem::path file() const;

  /// One of several words. @return nothing when it is absent or another word
  std::optional<std::string> word(const std::vector<std::string_view>& allowed, bool optional) const;
  /// A list of such words, at least one and each at most once.
  std::vector<std::string> words(const std::vector<std::string_view>& allowed) const;

  /// One of several words, each of which stands for a value.
  template <typename Value>
  Value choice(std::initializer_list<std::pair<std::string_view, Value>> values,
               std::optional<Value> fallback = {}) const;
  /// A list of such words.
  template <typename Value>
  std::vector<Value> choices(std::initializer_list<std::pair<std::string_view, Value>> values,
                             std::vector<Value> fallback) const;

  /// The elements of a list; none when absent.
  std::vector<Cursor> list() const;
  /// A mapping whose keys are all known; empty when absent.
  Map map() const;
  /// A mapping whose keys the user chooses, in the order of the file.
  std::vector<Entry> entries() const;

 private:
  friend class Map;
  Cursor(const Cursor& parent, const YAML::Node& node, std::string key);
  /// An absent key: its place is that of its parent.
  Cursor(const Cursor& parent, std::string key);

  std::optional<std::string> scalar(std::string_view allowed, bool optional) const;
  /// Calls `take` for each element of a list that must not be empty, with its place, its text and whether `!` precedes
  /// it.
  template <typename Take>
  void each_listed(std::string_view allowed, const Take& take) const;

  const Document* document_;
  Problems* problems_;
  std::shared_ptr<const YAML::Node> node_;  // nullptr: the key is absent
  int line_ = 0;                            // from 1; 0: unknown
  int column_ = 0;
  std::string key_;
  Severity severity_ = Severity::fatal;
  bool present_ = false;
};

/// A key of a mapping and its value, each with its place.
struct Entry {
  std::string name;
  Cursor key;
  Cursor value;
};

/// A YAML mapping whose known keys are those that are asked for.
class Map {
 public:
  /// The value of a key, which is known from then on.
  Cursor operator[](std::string_view key);

  /// Call it when all keys have been asked for: reports every other key as an error and suggests the nearest known one.
  void close() const;

 private:
  friend class Cursor;
  explicit Map(Cursor at) : at_(std::move(at)) {}

  Cursor at_;
  std::vector<Entry> entries_;
  std::vector<std::string> known_;
};

/// The word that was probably meant: the nearest one that differs by at most two edits and by less than half its
/// letters.
std::optional<std::string_view> near_miss(std::string_view word, const std::vector<std::string_view>& words);

template <typename Value>
std::vector<std::string_view> words_of(std::initializer_list<std::pair<std::string_view, Value>> values) {
  std::vector<std::string_view> words;
  for (const auto& [word, value] : values) words.push_back(word);
  return words;
}

template <typename Value>
Value Cursor::choice(std::initializer_list<std::pair<std::string_view, Value>> values,
                     std::optional<Value> fallback) const {
  const auto chosen = word(words_of(values), fallback.has_value());
  for (const auto& [word, value] : values) {
    if (chosen == word) return value;
  }
  return fallback.value_or(values.begin()->second);
}

template <typename Value>
std::vector<Value> Cursor::choices(std::initializer_list<std::pair<std::string_view, Value>> values,
                                   std::vector<Value> fallback) const {
  if (!present_) return fallback;
  std::vector<Value> chosen;
  for (const auto& each : words(words_of(values))) {
    for (const auto& [word, value] : values) {
      if (each == word) chosen.push_back(value);
    }
  }
  return chosen.empty() ? fallback : chosen;
}

}  // namespace thence::config
