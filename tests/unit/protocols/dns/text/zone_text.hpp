#pragma once

// Zone files and texts, and what is read from them as lines.

#include "protocols/dns/text/zone_file.hpp"
#include "protocols/dns/wire/type.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace dns_zone_text {

using testing::HasSubstr;
using namespace thence::dns;

inline const Name apex = *Name::parse("t", Name());

inline std::string text_of(const Record& record) {
  std::ostringstream text;
  text << record.owner.text() << ' ' << record.ttl << ' ' << type_text(record.type);
  if (record.type == 1 && record.rdata.size() == 4) {
    text << ' ' << int{record.rdata[0]} << '.' << int{record.rdata[1]} << '.' << int{record.rdata[2]} << '.'
         << int{record.rdata[3]};
  } else if (record.type == 16) {
    for (std::size_t at = 0; at < record.rdata.size(); at += record.rdata[at] + 1U) {
      text << " \""
           << std::string(record.rdata.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                          record.rdata.begin() + static_cast<std::ptrdiff_t>(at) + 1 + record.rdata[at])
           << '"';
    }
  } else if (Name name; name.assign(record.rdata) == record.rdata.size()) {
    text << ' ' << name.text();
  }
  return text.str();
}

/// Reads what is given and keeps it as lines of text.
struct Seen {
  std::vector<std::string> records;
  std::vector<std::string> mistakes;  ///< FILE:LINE: message; the number of the file where it has no name
  std::vector<std::string> places;    ///< FILE:LINE of each record
  std::vector<std::string> names;
  ZoneFiles files;

  ZoneFileReader reader() {
    return {.record =
                [this](std::uint32_t file, std::uint32_t line, const Record& record) {
                  records.push_back(text_of(record));
                  places.push_back(place(file, line));
                },
            .wrong =
                [this](std::uint32_t file, std::uint32_t line, const std::string& message) {
                  EXPECT_THAT(message, HasSubstr("; allowed: "));
                  mistakes.push_back(place(file, line) + ": " + message);
                },
            .file =
                [this](std::uint32_t file, const std::filesystem::path& path) {
                  EXPECT_EQ(file, names.size());
                  names.push_back(path.filename().string());
                }};
  }

  std::string place(std::uint32_t file, std::uint32_t line) const {
    return (file < names.size() ? names[file] : std::to_string(file)) + ":" + std::to_string(line);
  }
};

inline Seen read_text(const std::string& text) {
  Seen seen;
  read_zone_text(text, apex, seen.reader());
  return seen;
}

/// A folder of its own.
class ZoneFile : public testing::Test {
 protected:
  ZoneFile() { std::filesystem::create_directories(folder / "sub"); }
  ~ZoneFile() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }

  Seen read(const std::string& name = "t.zone") const {
    Seen seen;
    seen.files = read_zone_file(folder / name, apex, seen.reader());
    EXPECT_EQ(seen.files.files.size(), seen.names.size());
    return seen;
  }

  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("thence-zone-file-" + std::to_string(::getpid()));
};

}  // namespace dns_zone_text
