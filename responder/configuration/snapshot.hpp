#pragma once

#include "config/settings.hpp"
#include "protocols/protocol.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thence {

/// A configuration and all data loaded for it: what the workers serve. Immutable once made.
struct Snapshot {
  config::Settings settings;
  std::vector<std::shared_ptr<const Service>> services;  ///< one for each of plugins(), in the same order
  std::vector<config::Problem> problems;                 ///< none of them is fatal
};

/// Loads the data that a configuration names.
/// @param before the snapshot to be replaced: unchanged data is shared with it, and data that is now broken may stay as
/// it was
/// @throws config::Invalid with every problem, if any is fatal
Snapshot load(const config::Document& document, const Snapshot* before = nullptr);

/// Reads a configuration and loads the data that it names.
/// @param file the user's; if not given, the installed file if it exists, else the embedded default
/// @throws config::Invalid with every problem, if any is fatal
Snapshot load(const std::optional<std::filesystem::path>& file, const Snapshot* before = nullptr);

/// The `user:` of a configuration; reads nothing that the configuration names.
/// @throws config::Invalid if the file cannot be read
std::optional<std::string> configured_user(const std::optional<std::filesystem::path>& file);

/// Whether a configuration sets the log to JSON, as far as it can be read; used to report its errors in that format.
bool logs_json(const std::optional<std::filesystem::path>& file) noexcept;

/// Reads only the `admin:` settings, to reach the running server; nothing else is checked.
/// @param file as for load()
/// @throws config::Invalid if they are wrong or the file cannot be read
config::Admin load_admin(const std::optional<std::filesystem::path>& file);

/// The file that load() reads, or a description of the embedded default.
std::string configuration_name(const std::optional<std::filesystem::path>& file);

}  // namespace thence
