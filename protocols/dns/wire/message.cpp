#include "protocols/dns/wire/message.hpp"

namespace thence::dns {

namespace {

/// Skips the records of a query and takes the OPT out of the last `additional` ones.
/// @return whether the octets are exactly that many records, with at most one OPT
bool read_records(Octets rest, std::size_t others, std::size_t additional, std::optional<Edns>& edns) noexcept {
  for (std::size_t i = 0; i < others + additional; ++i) {
    const std::size_t name = skip_name(rest);
    if (name == 0 || rest.size() < name + record_fixed) return false;
    const std::uint8_t* const fixed = rest.data() + name;
    const std::size_t size = name + record_fixed + load16(fixed + 8);
    if (rest.size() < size) return false;
    if (i >= others && load16(fixed) == type::opt) {
      if (edns) return false;
      // Record even a malformed OPT, as the FORMERR then needs an OPT (RFC 6891 §7). The options of a later version
      // have an unknown format.
      edns = read_opt(load16(fixed + 2), load32(fixed + 4));
      const Octets rdata = rest.subspan(name + record_fixed, load16(fixed + 8));
      if (rest[0] != 0 || (edns->version == 0 && !read_options(rdata, *edns))) return false;
    }
    rest = rest.subspan(size);
  }
  return rest.empty();
}

}  // namespace

std::size_t skip_name(Octets from) noexcept {
  std::size_t at = 0;
  while (at < from.size()) {
    const std::uint8_t length = from[at];
    if (length == 0) return at + 1;
    if (length >= 0xC0) return at + 2 <= from.size() ? at + 2 : 0;
    if (length > 63) return 0;
    at += length + 1U;
  }
  return 0;
}

Reading read(Octets message, Query& query) noexcept {
  if (message.size() < header_size) return Reading::malformed;
  query.id = load16(message.data());
  query.flags = load16(message.data() + 2);
  if ((query.flags & flag::response) != 0) return Reading::response;
  const std::uint16_t questions = load16(message.data() + 4);
  if (questions > 1) return Reading::format_error;

  Octets rest = message.subspan(header_size);
  if (questions == 1) {
    const std::size_t name = query.name.assign(rest);
    if (name == 0 || rest.size() < name + question_tail) return Reading::format_error;
    query.type = load16(rest.data() + name);
    query.rr_class = load16(rest.data() + name + 2);
    query.question = rest.first(name + question_tail);
    rest = rest.subspan(name + question_tail);
  }

  const std::size_t others = std::size_t{load16(message.data() + 6)} + load16(message.data() + 8);
  const bool whole = read_records(rest, others, load16(message.data() + 10), query.edns);
  if (!whole) return Reading::format_error;
  return questions == 1 ? Reading::query : Reading::no_question;
}

}  // namespace thence::dns
