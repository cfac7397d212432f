#pragma once

#include <string_view>

/// What a person sees. Each system has a source file of its own, console_SYSTEM.cpp.
namespace thence::console {

/// Whether the standard output is a terminal.
bool output_is_terminal() noexcept;
/// Whether the standard error is a terminal.
bool error_is_terminal() noexcept;

// Control sequences of terminals (ECMA-48 §8.3).
constexpr std::string_view clear_screen = "\x1b[H\x1b[2J";   ///< CUP, ED: the next line is the first one
constexpr std::string_view erase_to_end_of_line = "\x1b[K";  ///< EL

}  // namespace thence::console
