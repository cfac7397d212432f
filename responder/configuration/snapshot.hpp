#pragma once

#include "config/settings.hpp"
#include "protocols/protocol.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace thence {

/// A configuration with everything that it names loaded: what the workers serve. Immutable once it is made.
struct Snapshot {
  config::Settings settings;
  std::vector<std::shared_ptr<const Service>> services;  ///< one for each of plugins(), in their order
  std::vector<config::Problem> problems;                 ///< none of them fatal
};

/// Loads what a configuration names.
/// @param before a snapshot that is to be replaced: what has not changed is shared with it, and what is broken now may
/// stay as it was
/// @throws config::Invalid with all that is wrong, where something is fatal
Snapshot load(const config::Document& document, const Snapshot* before = nullptr);

/// Reads a configuration and loads what it names.
/// @param file the user's; without one, the installed file if there is one, else the embedded default
/// @throws config::Invalid with all that is wrong, where something is fatal
Snapshot load(const std::optional<std::filesystem::path>& file, const Snapshot* before = nullptr);

/// The `user:` of a configuration, before anything that it names is read.
/// @throws config::Invalid when the file cannot be read
std::optional<std::string> configured_user(const std::optional<std::filesystem::path>& file);

/// Whether the log of a configuration is JSON, as far as that can be read: what is wrong with the rest is to be said
/// so.
bool logs_json(const std::optional<std::filesystem::path>& file) noexcept;

/// Reads the settings of `admin:` alone, for those who only want to reach the running server: nothing else is judged.
/// @param file as for load()
/// @throws config::Invalid when they are wrong, or the file cannot be read
config::Admin load_admin(const std::optional<std::filesystem::path>& file);

/// The file that load() reads, or words for the embedded default.
std::string configuration_name(const std::optional<std::filesystem::path>& file);

}  // namespace thence
