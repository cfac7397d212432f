#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

/// The subcommands of the program. Each returns the exit status.
namespace thence::command {

using ConfigurationFile = std::optional<std::filesystem::path>;

/// Exit status of a configuration or a command line that cannot be used.
constexpr int usage = 2;

/// What comes before any of them: whoever reads the output may go away, which is not the end of the program.
void begin() noexcept;

/// 0 after SIGTERM or SIGINT, 1 when it cannot start, 2 for a bad configuration.
int serve(const ConfigurationFile& file);

/// 0 when all of the configuration can be used, else 2, also where serve() would leave out but one zone.
/// @param supposed a request, of which it says what it would get; see read_supposition()
int check(const ConfigurationFile& file, const std::optional<std::string>& supposed);

struct AddressesOptions {
  bool json = false;   ///< one line of JSON instead of a table
  bool watch = false;  ///< again whenever the host changes
};

/// Prints what is served where: 0, or 2 for a bad configuration.
int addresses(const ConfigurationFile& file, const AddressesOptions& options);

/// Asks a running server on each of its addresses, from each address of the host: 0 when every answer came from the
/// address asked, 1 when not, 2 for a bad configuration.
int selftest(const ConfigurationFile& file);

/// Asks the running server whether it is ready, and prints what it says: 0 when it is, 1 when not.
/// @throws config::Invalid for a bad `admin:` section; std::runtime_error where the server cannot be reached
int health(const ConfigurationFile& file);

struct ReloadOptions {
  std::chrono::seconds patience{60};  ///< for zones to be read
  std::optional<int> pid;             ///< the server, where `admin.listen` may have been edited since it read it
};

/// Has the running server read its configuration again, waits, and prints what came of it: 0 when it was taken, 1 when
/// it was refused or has not ended in time.
/// @throws as health(), and std::runtime_error where the server may not be signalled
int reload(const ConfigurationFile& file, const ReloadOptions& options);

}  // namespace thence::command
