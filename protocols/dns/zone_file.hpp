#pragma once

#include "protocols/dns/record_text.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace thence::dns {

/// What reading a zone file gives. Both get the line where the entry starts, from 1.
struct ZoneFileReader {
  std::function<void(std::uint32_t line, const Record& record)> record;
  std::function<void(std::uint32_t line, std::string message)> wrong;  ///< `what is wrong; what is allowed`
};

/// Reads the text of a zone file (RFC 1035 §5): entries over several lines in parentheses, comments, `$ORIGIN`, `$TTL`.
/// It goes on after a mistake.
/// @param apex the origin at the start of the file
void read_zone_file(std::string_view text, const Name& apex, const ZoneFileReader& reader);

/// Reads a text that is one record of a zone file and nothing else, with the apex as origin.
/// @return nothing, or what is wrong
std::optional<std::string> read_record(std::string_view text, const Name& apex, Record& record);

}  // namespace thence::dns
