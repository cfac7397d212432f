#include "responder/probe/progress_bar.hpp"

#include <algorithm>
#include <iostream>

#include <unistd.h>

namespace thence::probe {

ProgressBar::ProgressBar() : terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (shown_) write("");
}

void ProgressBar::show(double fraction, std::string_view text) {
  constexpr std::size_t width = 30;
  if (!terminal_) return;
  const auto filled = static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) * width);
  shown_ = true;
  write('[' + std::string(filled, '#') + std::string(width - filled, '.') + "] " + std::string(text));
}

// CR, and the sequence that erases to the end of the line.
void ProgressBar::write(std::string_view line) { std::cerr << '\r' << line << "\x1b[K" << std::flush; }

}  // namespace thence::probe
