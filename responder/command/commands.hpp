#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

/// The program's subcommands. Each returns its exit status.
namespace thence::command {

/// As chosen_configuration() has chosen it; nothing: the embedded default.
using ConfigurationFile = std::optional<std::filesystem::path>;

/// Exit status for an unusable configuration or command line.
constexpr int usage = 2;

/// Call before any subcommand: a reader that closes our output must not end the program.
void begin() noexcept;

/// Returns 0 after SIGTERM or SIGINT, 1 if it cannot start, 2 for a bad configuration.
int serve(const ConfigurationFile& file);

/// Returns 0 if the whole configuration is usable, else 2, even if serve() would only leave out one zone.
/// @param supposed a request to explain; see read_supposition()
int check(const ConfigurationFile& file, const std::optional<std::string>& supposed);

struct AddressesOptions {
  bool json = false;   ///< one line of JSON instead of a table
  bool watch = false;  ///< print again whenever the host changes
};

/// Prints what is served where. Returns 0, or 2 for a bad configuration.
int addresses(const ConfigurationFile& file, const AddressesOptions& options);

/// Queries a running server on each of its addresses, from each of the host's addresses. Returns 0 if every answer came
/// from the address queried, 1 if not, 2 for a bad configuration.
int selftest(const ConfigurationFile& file);

/// Asks the running server whether it is ready, and prints its answer. Returns 0 if it is ready, 1 if not.
/// @throws config::Invalid for a bad `admin:` section; std::runtime_error if the server cannot be reached
int health(const ConfigurationFile& file);

struct ReloadOptions {
  std::chrono::seconds patience{60};  ///< how long to wait for the reload to finish
  std::optional<int> pid;  ///< the server's process, if `admin.listen` may have been edited since it was loaded
};

/// Makes the running server reload its configuration, waits, and prints the result. Returns 0 if the reload succeeded,
/// 1 if it was refused or did not finish in time.
/// @throws as health(), and std::runtime_error if the server may not be signalled
int reload(const ConfigurationFile& file, const ReloadOptions& options);

}  // namespace thence::command
