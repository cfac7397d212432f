#pragma once

#include <string_view>

/// The terminal. Each system has its own source file, console_SYSTEM.cpp.
namespace thence::console {

/// Whether standard output is a terminal.
bool output_is_terminal() noexcept;
/// Whether standard error is a terminal.
bool error_is_terminal() noexcept;

// Terminal control sequences (ECMA-48 §8.3).
constexpr std::string_view clear_screen = "\x1b[H\x1b[2J";   ///< CUP, ED: also moves to the first line
constexpr std::string_view erase_to_end_of_line = "\x1b[K";  ///< EL

}  // namespace thence::console
