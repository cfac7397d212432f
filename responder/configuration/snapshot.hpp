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

/// Chooses the configuration, once for a command: it must not change between two readings.
/// @param given by the user
/// @return the file given, else the installed one if it exists; nothing: the embedded default
std::optional<std::filesystem::path> chosen_configuration(const std::optional<std::filesystem::path>& given);

/// Text such as `/etc/thence/thence.yaml`, or a description of the embedded default. @param file as chosen
std::string configuration_name(const std::optional<std::filesystem::path>& file);

/// Reads the configuration, which a pipe gives only once.
/// @param file as chosen
/// @throws config::Invalid if it cannot be read
config::Document read_configuration(const std::optional<std::filesystem::path>& file,
                                    config::Document::Source source = config::Document::Source::any);

/// Loads the data that a configuration names.
/// @param before the snapshot to be replaced: unchanged data is shared with it, and data that is now broken may stay as
/// it was
/// @throws config::Invalid with every problem, if any is fatal
Snapshot load(const config::Document& document, const Snapshot* before = nullptr);

/// Reads the configuration and loads the data that it names.
Snapshot load(const std::optional<std::filesystem::path>& file);

/// The `user:` of a configuration; nothing else is checked.
std::optional<std::string> configured_user(const config::Document& document);

/// Whether a configuration sets the log to JSON, as far as it can be read; used to report its errors in that format.
bool logs_json(const config::Document& document);

/// Reads only the `admin:` settings, to reach the running server; nothing else is checked.
/// @param file as chosen
/// @throws config::Invalid if they are wrong or the file cannot be read
config::Admin load_admin(const std::optional<std::filesystem::path>& file);

}  // namespace thence
