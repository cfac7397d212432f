#include "responder/snapshot.hpp"

#include "responder/default_configuration.hpp"
#include "responder/registry.hpp"

#include <algorithm>
#include <system_error>

namespace thence {

namespace {

std::optional<std::filesystem::path> chosen(const std::optional<std::filesystem::path>& file) {
  if (file) return file;
  std::error_code unreadable;
  if (std::filesystem::exists(installed_configuration, unreadable)) return installed_configuration;
  return std::nullopt;
}

}  // namespace

std::string configuration_name(const std::optional<std::filesystem::path>& file) {
  const auto name = chosen(file);
  return name ? name->string() : "the embedded default configuration";
}

Snapshot load(const std::optional<std::filesystem::path>& file) {
  const auto defaults = config::Document::parse("(default)", default_configuration);
  const auto path = chosen(file);
  const auto document = path ? config::Document::load(*path) : defaults;

  config::Problems problems;
  config::Configuration configuration(document, defaults, problems);
  std::vector<std::string_view> names;
  for (const auto& plugin : plugins()) names.push_back(plugin.name);

  Snapshot snapshot;
  snapshot.settings = configuration.settings(names);
  for (const auto& plugin : plugins()) snapshot.services.push_back(plugin.load(configuration.section(plugin.name)));
  configuration.close();
  if (!problems.empty()) throw config::Invalid(problems);
  return snapshot;
}

}  // namespace thence
