#pragma once

#include <string>
#include <string_view>

namespace thence::probe {

/// A line on the standard error that is written over again; nothing where that is no terminal.
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
