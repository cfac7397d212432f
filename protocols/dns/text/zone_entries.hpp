#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// An entry of a zone file as one line, without comments and parentheses.
struct ZoneEntry {
  std::uint32_t line = 0;  ///< where it starts, from 1
  std::string_view text;   ///< not blank; lives until the next one is read
};

/// Splits a zone file into its entries (RFC 1035 §5.1). Of a file only a piece is in memory at a time.
class ZoneEntries {
 public:
  /// Octets that an entry may have, comments not counted. No record needs a quarter of it: 65535 octets of data, each
  /// as an escape of four letters.
  static constexpr std::size_t longest = std::size_t{1} << 20U;

  enum class Next : std::uint8_t {
    entry,
    end,
    unclosed_parenthesis,
    unopened_parenthesis,
    unclosed_quote,
    too_long,
    unreadable,  ///< the file; error() says why. It is the end as well
  };

  explicit ZoneEntries(std::string_view text);
  /// @param descriptor of an open file; it stays the caller's
  explicit ZoneEntries(int descriptor);

  /// Reads up to the end of a line that is not within parentheses. A mistake is about that entry alone.
  Next next(ZoneEntry& entry);

  /// The number of the error that ended the reading (errno), or 0.
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
  std::vector<char> piece_;  ///< of the file
  std::string_view rest_;    ///< of the text or the piece
  std::uint32_t line_ = 1;
  std::string joined_;
  bool too_long_ = false;
};

}  // namespace thence::dns
