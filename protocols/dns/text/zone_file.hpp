#pragma once

#include "protocols/dns/text/file_stamp.hpp"
#include "protocols/dns/text/record_text.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// Receives what is read from a zone file. The callbacks get the place where the entry starts: the index of the file
/// among those read, 0 for the zone file itself, and the line, from 1.
struct ZoneFileReader {
  std::function<void(std::uint32_t file, std::uint32_t line, const Record& record)> record;
  /// The message is `what is wrong; what is allowed`.
  std::function<void(std::uint32_t file, std::uint32_t line, std::string message)> wrong;
  /// Called for each file before anything in it, so that errors can be reported with its name at once. May be empty.
  std::function<void(std::uint32_t file, const std::filesystem::path& path)> file = {};
  /// Asks to give up: nothing more is read then, and what has been read is not a zone.
  std::stop_token stop = {};
};

/// The files read for a zone.
struct ZoneFiles {
  /// Each file once, in the order they were first read, with its stamp from just before. The first is the zone file. An
  /// unreadable one has only its name, so that it counts as changed once it can be read.
  std::vector<FileStamp> files;
  /// Why the zone file itself could not be opened, as in `No such file or directory`.
  std::optional<std::string> unreadable;
};

/// How deeply includes may nest.
inline constexpr std::size_t most_included_deep = 16;
/// How many includes a zone may have. It bounds the time for files that include each other repeatedly.
inline constexpr std::size_t most_included = 65'536;
/// How many records the `$GENERATE` directives of a zone may create.
inline constexpr std::uint64_t most_generated = 16'000'000;

/// Reads a zone file (RFC 1035 §5): entries over several lines in parentheses, comments, `$ORIGIN`, `$TTL`, `$INCLUDE
/// FILE [ORIGIN]`, where FILE is relative to the file that names it, and `$GENERATE` (see Generate). Only regular files
/// are read, in pieces. Reading continues after errors.
/// @param apex the origin at the start of the file
ZoneFiles read_zone_file(const std::filesystem::path& file, const Name& apex, const ZoneFileReader& reader);

/// Reads the text of a zone file in the same way, except that `$INCLUDE` is an error.
/// @param generated how many records `$GENERATE` may create
void read_zone_text(std::string_view text, const Name& apex, const ZoneFileReader& reader,
                    std::uint64_t generated = most_generated);

/// Reads a text that must be exactly one record of a zone file, with the apex as origin.
/// @return nothing, or what is wrong
std::optional<std::string> read_record(std::string_view text, const Name& apex, Record& record);

}  // namespace thence::dns
