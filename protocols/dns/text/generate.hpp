#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace thence::dns {

/// The directive `$GENERATE START-STOP[/STEP] OWNER [TTL] [CLASS] TYPE DATA` of a zone file, which stands for one
/// record per number, as in BIND. In the owner and the data,
/// - `$` is the number,
/// - `${OFFSET[,WIDTH[,BASE]]}` is the number and OFFSET, which may be negative, padded with zeros to WIDTH letters,
///   in BASE d (decimal, as without it), o (octal), x or X (hexadecimal), n or N (hexadecimal digits as labels, the
///   last digit first, for zones of IPv6 addresses; WIDTH counts the dots too),
/// - `$$` and `\$` are a dollar sign.
/// Quotes around the whole data are removed, so `"10 mail$"` is valid data for an MX. Unlike in BIND, data of several
/// words needs no quotes.
class Generate {
 public:
  /// The largest START, STOP, STEP and OFFSET, as in BIND.
  static constexpr std::int64_t largest = 0x7FFFFFFF;
  /// The largest WIDTH: a longer one exceeds any name.
  static constexpr std::uint32_t widest = 255;

  /// @param arguments what follows `$GENERATE`
  /// @return the directive, or what is wrong
  static std::variant<Generate, std::string> parse(std::string_view arguments);

  /// How many records it stands for, at least 1.
  std::uint64_t count() const noexcept { return (stop_ - start_) / step_ + 1; }

  /// @param index from 0, below count()
  /// @return the record as a line of text
  std::string line(std::uint64_t index) const;

 private:
  /// A text and the number that follows it.
  struct Part {
    enum class Base : char {
      none = 0,
      decimal = 'd',
      octal = 'o',
      hex = 'x',
      upper_hex = 'X',
      nibbles = 'n',
      upper_nibbles = 'N'
    };
    std::string text;
    Base base = Base::none;
    std::int64_t offset = 0;
    std::uint32_t width = 0;
  };

  std::string parse_range(std::string_view range);
  std::string parse_template(std::string_view text);
  std::string parse_number(std::string_view& text, Part& part) const;
  static void append(std::string& to, const Part& part, std::uint64_t number);

  std::uint64_t start_ = 0;
  std::uint64_t stop_ = 0;
  std::uint64_t step_ = 1;
  std::vector<Part> parts_;
};

}  // namespace thence::dns
