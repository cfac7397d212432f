#include "protocols/dns/text/words.hpp"

#include <algorithm>

namespace thence::dns {

std::string_view take_word(std::string_view& line) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < line.size() && (quoted || !is_blank(line[end])); ++end) {
    if (line[end] == '\\') {
      ++end;
    } else if (line[end] == '"') {
      quoted = !quoted;
    }
  }
  end = std::min(end, line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(line.find_first_not_of(" \t", end), line.size()));
  return word;
}

}  // namespace thence::dns
