#pragma once

// A zone file beside a configuration, what is wrong with them, and what is answered from them.

#include "tests/unit/protocols/dns/asking.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

namespace dns_zone_files {

using thence::Transport;
using thence::config::Severity;

inline constexpr auto soa = "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300\n";

/// A folder with a zone file `t.zone` beside a configuration `t.yaml`.
class ZoneFiles : public testing::Test {
 protected:
  ZoneFiles() { std::filesystem::create_directory(folder); }
  ~ZoneFiles() override { std::filesystem::remove_all(folder); }

  /// What is wrong with a zone `example.test` from a file, the folder's name left out.
  std::vector<std::string> problems(const std::string& zone_file, const std::string& more = "") {
    std::ofstream(folder / "t.zone", std::ios::binary) << zone_file;
    return read("zones: [{ name: example.test, file: t.zone" + more + " }]");
  }

  /// What is so wrong that something is not served.
  std::vector<std::string> read(const std::string& yaml) { return read(yaml, Severity::partial, Severity::fatal); }

  /// What is told of a zone that is served all the same.
  std::vector<std::string> warnings(const std::string& zone_file) {
    std::ofstream(folder / "t.zone", std::ios::binary) << zone_file;
    return read("zones: [{ name: example.test, file: t.zone }]", Severity::warning, Severity::warning);
  }

  std::vector<std::string> read(const std::string& yaml, Severity least, Severity most) {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse((folder / "t.yaml").string(), yaml);
    service = thence::dns::plugin.load(thence::config::Cursor(document, problems), nullptr);
    std::vector<std::string> lines;
    for (const auto& each : problems.sorted()) {
      if (each.severity < least || each.severity > most) continue;
      auto line = each.text();
      for (auto at = line.find(folder.string()); at != std::string::npos; at = line.find(folder.string())) {
        line.erase(at, folder.string().size() + 1);
      }
      lines.push_back(line);
    }
    return lines;
  }

  std::string ask(const std::string& name, const std::string& type = "A") {
    thence::LoneHost host;
    const auto protocol = service->make(host);
    const auto message = dns_asking::Query{.name = name, .type = type}.wire();
    dns_asking::Octets buffer(65535);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, {}};
    protocol->respond({std::as_bytes(std::span(message)), {{}, {}, 0, Transport::tcp}}, reply);
    buffer.resize(reply.size);
    return dns_asking::text_of(buffer);
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("thence-zone-files-" + std::to_string(::getpid()));
  std::shared_ptr<const thence::Service> service;
};

}  // namespace dns_zone_files
