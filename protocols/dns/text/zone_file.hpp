#pragma once

#include "protocols/dns/text/file_stamp.hpp"
#include "protocols/dns/text/record_text.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// What reading a zone file gives. Both get the place where the entry starts: the file, which is an index into those
/// that were read, from 0 (the zone file itself), and the line from 1.
struct ZoneFileReader {
  std::function<void(std::uint32_t file, std::uint32_t line, const Record& record)> record;
  /// The message is `what is wrong; what is allowed`.
  std::function<void(std::uint32_t file, std::uint32_t line, std::string message)> wrong;
  /// Told of each file before anything in it, so that a mistake can be told with its name at once. May be empty.
  std::function<void(std::uint32_t file, const std::filesystem::path& path)> file = {};
};

/// What was read for a zone.
struct ZoneFiles {
  /// Each file once, in the order of their first reading, as it was right before. The first is the zone file. One that
  /// could not be read has its name alone, so that it seems to have changed when it can be.
  std::vector<FileStamp> files;
  /// Why the zone file itself could not be opened, as in `No such file or directory`.
  std::optional<std::string> unreadable;
};

/// How deep files may include each other.
inline constexpr std::size_t most_included_deep = 16;
/// How many times a zone may include files. It bounds the time for files that include each other twice and more often.
inline constexpr std::size_t most_included = 65'536;
/// How many records the `$GENERATE` directives of a zone may make.
inline constexpr std::uint64_t most_generated = 16'000'000;

/// Reads a zone file (RFC 1035 §5): entries over several lines in parentheses, comments, `$ORIGIN`, `$TTL`, `$INCLUDE
/// FILE [ORIGIN]`, where FILE is relative to the file that names it, and `$GENERATE` (see Generate). Only regular files
/// are read, and in pieces. It goes on after a mistake.
/// @param apex the origin at the start of the file
ZoneFiles read_zone_file(const std::filesystem::path& file, const Name& apex, const ZoneFileReader& reader);

/// Reads the text of a zone file in the same way. `$INCLUDE` is a mistake there.
/// @param generated how many records `$GENERATE` may make
void read_zone_text(std::string_view text, const Name& apex, const ZoneFileReader& reader,
                    std::uint64_t generated = most_generated);

/// Reads a text that is one record of a zone file and nothing else, with the apex as origin.
/// @return nothing, or what is wrong
std::optional<std::string> read_record(std::string_view text, const Name& apex, Record& record);

}  // namespace thence::dns
