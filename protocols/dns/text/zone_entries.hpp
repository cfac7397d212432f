#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// An entry of a zone file as one line, without comments and parentheses.
struct ZoneEntry {
  std::uint32_t line = 0;  ///< where it starts, from 1
  std::string_view text;   ///< not blank; lives until the next one is read
};

/// Splits a zone file into its entries (RFC 1035 §5.1), with only a piece of the file in memory at a time.
class ZoneEntries {
 public:
  /// Most octets of an entry, not counting comments. No record needs more than about a quarter: 65535 octets of data,
  /// each as an escape of four characters.
  static constexpr std::size_t longest = std::size_t{1} << 20U;

  enum class Next : std::uint8_t {
    entry,
    end,
    unclosed_parenthesis,
    unopened_parenthesis,
    unclosed_quote,
    too_long,
    unreadable,  ///< the file cannot be read; error() says why. Nothing follows
  };

  /// Most octets of a file in one entry or line, with its comments. A file with more, such as a sparse one without any
  /// line, is no zone file, and its reading ends there as unreadable.
  static constexpr std::size_t hopeless = std::size_t{16} << 20U;

  explicit ZoneEntries(std::string_view text);
  /// @param descriptor of an open file, which the caller keeps and closes
  /// @param stop asks to give up: what follows is unreadable
  explicit ZoneEntries(int descriptor, std::stop_token stop = {});

  /// Reads up to a line end outside parentheses. An error concerns only that entry.
  Next next(ZoneEntry& entry);

  /// The errno that ended the reading, or 0.
  int error() const noexcept { return error_; }

 private:
  static constexpr int no_file = -1;

  Next take(ZoneEntry& entry);
  Next take_joined();
  void take_joined(std::size_t size);
  void join(std::string_view text);
  void skip_line();
  void skip_byte_order_mark();
  bool read_more();

  int descriptor_ = no_file;
  int error_ = 0;
  std::stop_token stop_;
  std::vector<char> piece_;  ///< of the file
  std::size_t since_ = 0;    ///< octets read since the current entry began
  std::string_view rest_;    ///< of the text or the piece
  std::uint32_t line_ = 1;
  std::string joined_;
  bool too_long_ = false;
};

}  // namespace thence::dns
