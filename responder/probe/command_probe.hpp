#pragma once

#include <CLI/App.hpp>

namespace thence::probe {

/// The program's `probe` subcommand and its subcommands.
class Command {
 public:
  /// Adds them to the command line.
  explicit Command(CLI::App& app);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  /// Whether it is on the command line.
  bool given() const;
  /// @return the exit status
  int run() const;

 private:
  struct Options;
  CLI::App* app_;
  std::unique_ptr<Options> options_;
};

}  // namespace thence::probe
