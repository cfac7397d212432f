#include "responder/configuration/snapshot.hpp"

#include "responder/configuration/default_configuration.hpp"
#include "responder/configuration/registry.hpp"

#include <algorithm>
#include <system_error>

namespace thence {

namespace {

bool serves(const config::Listener& listener, const std::string& protocol) {
  return std::ranges::count(listener.protocols, protocol) != 0;
}

/// Nothing is opened where no protocol of a listener speaks, and each must speak somewhere.
void keep_spoken_transports(std::vector<config::Listener>& listeners, const config::Cursor& at) {
  const auto places = at.list();
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    auto& listener = listeners[i];
    Transports kept;
    for (const auto& protocol : listener.protocols) {
      const auto of_protocol = plugins()[plugin_index(protocol)].transports;
      const auto spoken = listener.transports & of_protocol;
      if (spoken.empty()) {
        places[i].map()["transports"].wrong(protocol + " does not speak over " + text(listener.transports) +
                                            "; allowed: " + text(of_protocol));
      }
      kept = kept | spoken;
    }
    listener.transports = kept;
  }
}

/// Adds a listener, without the transports and families already served on its port.
void add_what_is_free(std::vector<config::Listener>& listeners, const config::Listener& wanted) {
  const auto is_taken = [&](const config::Listener& part) {
    return std::ranges::any_of(listeners, [&](const auto& each) { return overlap(each, part); });
  };
  if (!is_taken(wanted)) return listeners.push_back(wanted);
  for (const bool ipv4 : {true, false}) {
    auto part = wanted;
    part.bind = config::Bind::wildcard;
    part.ipv4 = wanted.ipv4 && ipv4;
    part.ipv6 = wanted.ipv6 && !ipv4;
    Transports free;
    for (const auto each : all_transports) {
      auto one = part;
      one.transports = wanted.transports & Transports{each};
      if (!one.transports.empty() && !is_taken(one)) free.insert(each);
    }
    part.transports = free;
    if ((part.ipv4 || part.ipv6) && !free.empty()) listeners.push_back(part);
  }
}

/// Adds listeners for a protocol's alternate port, one for each of the protocol's own.
void serve_alternate_port(Snapshot& snapshot, std::size_t plugin, const config::Cursor& section) {
  const auto port = snapshot.services[plugin]->alternate_port();
  if (port == 0) return;
  const std::string name(plugins()[plugin].name);
  auto& listeners = snapshot.settings.listeners;
  std::vector<config::Listener> wanted;
  for (auto each : listeners) {
    if (!serves(each, name) || each.port == port) continue;
    each.port = port;
    each.protocols = {name};
    wanted.push_back(each);
  }
  for (const auto& each : wanted) {
    if (std::ranges::any_of(listeners,
                            [&](const auto& there) { return overlap(there, each) && !serves(there, name); })) {
      section.wrong("needs port " + std::to_string(port) + " beside its own, and a listener serves other protocols " +
                    "there; allowed: another alternate port, or " + name + " among the protocols of that listener");
    }
    add_what_is_free(listeners, each);
  }
  if (std::ranges::none_of(wanted, [](const auto& each) { return each.transports.contains(Transport::udp); })) {
    section.with(config::Severity::warning)
        .wrong("no listener serves it over UDP on a port other than " + std::to_string(port) +
               ", the alternate one; without two ports no answer comes from another one");
  }
}

}  // namespace

std::optional<std::filesystem::path> chosen_configuration(const std::optional<std::filesystem::path>& given) {
  if (given) return given;
  // One that is out of reach, or a link to nothing, is chosen all the same: reading it will say why.
  std::error_code out_of_reach;
  const auto status = std::filesystem::symlink_status(installed_configuration, out_of_reach);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  return installed_configuration;
}

std::string configuration_name(const std::optional<std::filesystem::path>& file) {
  return file ? file->string() : "the embedded default configuration";
}

config::Document read_configuration(const std::optional<std::filesystem::path>& file, config::Document::Source source) {
  return file ? config::Document::load(*file, source) : config::Document::parse("(default)", default_configuration);
}

std::optional<std::string> configured_user(const config::Document& document) {
  // Problems in the rest are reported when all of it is read.
  config::Problems unread;
  const auto user = config::Cursor(document, unread).map()["user"];
  return user.present() ? std::optional(user.string()) : std::nullopt;
}

bool logs_json(const config::Document& document) {
  config::Problems unread;
  const auto format = config::Cursor(document, unread).map()["log"].map()["format"];
  return format.present() && format.string() == "json";
}

Snapshot load(const std::optional<std::filesystem::path>& file) { return load(read_configuration(file)); }

config::Admin load_admin(const std::optional<std::filesystem::path>& file) {
  const auto given = read_configuration(file);
  const auto defaults = config::Document::parse("(default)", default_configuration);
  config::Problems problems;
  auto admin = config::Configuration(given, defaults, problems).admin();
  if (problems.any(config::Severity::fatal)) throw config::Invalid(problems);
  return admin;
}

Snapshot load(const config::Document& document, const Snapshot* before) {
  const auto defaults = config::Document::parse("(default)", default_configuration);
  config::Problems problems;
  config::Configuration configuration(document, defaults, problems);
  std::vector<std::string_view> names;
  for (const auto& plugin : plugins()) names.push_back(plugin.name);

  Snapshot snapshot;
  snapshot.settings = configuration.settings(names);
  keep_spoken_transports(snapshot.settings.listeners, configuration.section("listeners"));
  for (std::size_t i = 0; i < plugins().size(); ++i) {
    const auto section = configuration.section(plugins()[i].name);
    snapshot.services.push_back(plugins()[i].load(section, before == nullptr ? nullptr : before->services[i].get()));
    serve_alternate_port(snapshot, i, section);
  }
  configuration.close();
  if (problems.any(config::Severity::fatal)) throw config::Invalid(problems);
  snapshot.problems = problems.sorted();
  return snapshot;
}

}  // namespace thence
