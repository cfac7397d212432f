#pragma once

#include <string>
#include <string_view>

namespace thence::probe {

/// A line on standard error that is overwritten in place; shown only if standard error is a terminal.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// @param fraction from 0 to 1
  void show(double fraction, std::string_view text);

 private:
  void write(std::string_view line);

  bool terminal_;
  bool shown_ = false;
};

}  // namespace thence::probe
