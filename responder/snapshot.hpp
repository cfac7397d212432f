#pragma once

#include "config/settings.hpp"
#include "protocols/protocol.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace thence {

/// A configuration with everything that it names loaded: what the workers serve. Immutable once it is made.
struct Snapshot {
  config::Settings settings;
  std::vector<Service> services;  ///< one for each of plugins(), in their order
};

/// Loads what a configuration names.
/// @throws config::Invalid with all that is wrong
Snapshot load(const config::Document& document);

/// Reads a configuration and loads what it names.
/// @param file the user's; without one, the installed file if there is one, else the embedded default
/// @throws config::Invalid with all that is wrong
Snapshot load(const std::optional<std::filesystem::path>& file);

/// The file that load() reads, or words for the embedded default.
std::string configuration_name(const std::optional<std::filesystem::path>& file);

}  // namespace thence
