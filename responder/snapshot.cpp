#include "responder/snapshot.hpp"

#include "responder/default_configuration.hpp"
#include "responder/registry.hpp"

#include <algorithm>
#include <system_error>

namespace thence {

namespace {

std::optional<std::filesystem::path> chosen(const std::optional<std::filesystem::path>& file) {
  if (file) return file;
  // One that is there but out of reach is meant all the same: reading it says why it cannot be had.
  std::error_code out_of_reach;
  if (std::filesystem::exists(installed_configuration, out_of_reach) || out_of_reach) return installed_configuration;
  return std::nullopt;
}

}  // namespace

std::string configuration_name(const std::optional<std::filesystem::path>& file) {
  const auto name = chosen(file);
  return name ? name->string() : "the embedded default configuration";
}

Snapshot load(const std::optional<std::filesystem::path>& file, const Snapshot* before) {
  const auto path = chosen(file);
  return load(path ? config::Document::load(*path) : config::Document::parse("(default)", default_configuration),
              before);
}

Snapshot load(const config::Document& document, const Snapshot* before) {
  const auto defaults = config::Document::parse("(default)", default_configuration);
  config::Problems problems;
  config::Configuration configuration(document, defaults, problems);
  std::vector<std::string_view> names;
  for (const auto& plugin : plugins()) names.push_back(plugin.name);

  Snapshot snapshot;
  snapshot.settings = configuration.settings(names);
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    const auto section = configuration.section(plugins()[i].name);
    snapshot.services.push_back(before == nullptr ? plugins()[i].load(section) : before->services[i].reload(section));
  }
  configuration.close();
  if (problems.any(config::Severity::fatal)) throw config::Invalid(problems);
  snapshot.problems = problems.sorted();
  return snapshot;
}

}  // namespace thence
