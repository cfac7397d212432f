#include "responder/probe/progress_bar.hpp"

#include "responder/host/console.hpp"

#include <algorithm>
#include <iostream>

namespace thence::probe {

ProgressBar::ProgressBar() : terminal_(console::error_is_terminal()) {}

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

void ProgressBar::write(std::string_view line) {
  std::cerr << '\r' << line << console::erase_to_end_of_line << std::flush;
}

}  // namespace thence::probe
