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

/// Adds listeners for a protocol's second port, each as one of the protocol's own.
void serve_alternate_port(Snapshot& snapshot, std::size_t plugin, const config::Cursor& section) {
  const auto port = snapshot.services[plugin].alternate_port;
  if (port == 0) return;
  const std::string name(plugins()[plugin].name);
  auto& listeners = snapshot.settings.listeners;
  const auto given = listeners.size();
  for (std::size_t i = 0; i < given; ++i) {
    auto wanted = listeners[i];
    if (std::ranges::count(wanted.protocols, name) == 0 || wanted.port == port) continue;
    wanted.port = port;
    wanted.protocols = {name};
    const auto there = std::ranges::find_if(listeners, [&](const auto& each) { return overlap(each, wanted); });
    if (there == listeners.end()) {
      listeners.push_back(wanted);
    } else if (std::ranges::count(there->protocols, name) == 0) {
      section.wrong("needs port " + std::to_string(port) + " beside its own, and a listener serves other protocols " +
                    "there; allowed: another alternate port, or " + name + " among the protocols of that listener");
    }
  }
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
    serve_alternate_port(snapshot, i, section);
  }
  configuration.close();
  if (problems.any(config::Severity::fatal)) throw config::Invalid(problems);
  snapshot.problems = problems.sorted();
  return snapshot;
}

}  // namespace thence
