#pragma once

#include <string_view>

namespace thence::dns {

/// What separates the words of a line (RFC 1035 §5.1).
constexpr bool is_blank(char letter) noexcept { return letter == ' ' || letter == '\t'; }

/// Takes the first word off a line, and the blanks around it. Escaped or quoted blanks are part of a word.
std::string_view take_word(std::string_view& line);

}  // namespace thence::dns
