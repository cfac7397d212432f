#include "protocols/dns/forward/upstream_message.hpp"

#include <algorithm>
#include <limits>

namespace thence::dns {

namespace {

constexpr std::uint32_t day = 86'400;
constexpr std::uint16_t relayed_bits = flag::recursion_desired | flag::authentic_data | flag::checking_disabled;

bool is_forwarded(std::uint16_t code) noexcept {
  return code != option::cookie && code != option::nsid && code != option::padding && code != option::keepalive;
}

/// Calls a function with each option that is to be passed on.
template <typename Function>
void for_each_forwarded(Octets options, const Function& function) noexcept {
  for_each_option(options, [&](std::uint16_t code, Octets option) {
    if (is_forwarded(code)) function(option);
  });
}

/// The parts of a record.
struct ReceivedRecord {
  std::size_t owner;  ///< octets of the owner
  std::uint16_t type;
  std::uint32_t ttl;
  Octets rdata;

  std::size_t size() const noexcept { return owner + record_fixed + rdata.size(); }
};

std::optional<ReceivedRecord> read_record(Octets from) noexcept {
  const std::size_t owner = skip_name(from);
  if (owner == 0 || from.size() < owner + record_fixed) return std::nullopt;
  const std::uint8_t* const fixed = from.data() + owner;
  const Octets rest = from.subspan(owner + record_fixed);
  const std::size_t size = load16(fixed + 8);
  if (rest.size() < size) return std::nullopt;
  const std::uint32_t ttl = load32(fixed + 4);
  // A TTL with the top bit set means 0 (RFC 2181 §8).
  return ReceivedRecord{owner, load16(fixed), ttl > std::numeric_limits<std::int32_t>::max() ? 0 : ttl,
                        rest.first(size)};
}

/// Whether a name is valid: its pointers lead backwards, and it is not too long.
bool is_readable_name(Octets message, std::size_t at) noexcept {
  std::size_t before = at;
  std::size_t size = 1;
  for (std::size_t steps = 0; steps < longest_name; ++steps) {
    if (at >= message.size()) return false;
    const std::uint8_t length = message[at];
    if (length == 0) return size <= longest_name;
    if (length >= 0xC0) {
      if (at + 1 >= message.size()) return false;
      const std::size_t target = load16(message.data() + at) & 0x3FFFU;
      if (target < header_size || target >= before) return false;
      at = before = target;
    } else {
      size += length + 1U;
      at += length + 1U;
    }
  }
  return false;
}

bool is_same_question(Octets message, Octets question) noexcept {
  if (message.size() < header_size + question.size()) return false;
  const auto same = [](std::uint8_t a, std::uint8_t b) { return lower(a) == lower(b); };
  const std::size_t name = question.size() - question_tail;
  const Octets other = message.subspan(header_size, question.size());
  return std::ranges::equal(question.first(name), other.first(name), same) &&
         std::ranges::equal(question.last(question_tail), other.last(question_tail));
}

bool read_opt_of_answer(Octets opt, const ReceivedRecord& record, UpstreamAnswer& answer) noexcept {
  // Its owner must be the root (RFC 6891 §6.1.2), and the options well-formed.
  if (record.owner != 1 || answer.has_opt) return false;
  Octets rest = record.rdata;
  while (!rest.empty()) {
    if (rest.size() < option_head) return false;
    const std::size_t size = option_head + load16(rest.data() + 2);
    if (rest.size() < size) return false;
    rest = rest.subspan(size);
  }
  answer.has_opt = true;
  answer.options = record.rdata;
  answer.rcode = static_cast<std::uint16_t>(answer.rcode | opt[record.owner + 4] << 4U);
  return true;
}

/// Calls a function with the position of each TTL.
template <typename Function>
void for_each_ttl(std::span<std::uint8_t> records, const Function& function) noexcept {
  while (const auto record = read_record(records)) {
    function(records.data() + record->owner + 4);
    records = records.subspan(record->size());
  }
}

}  // namespace

std::size_t forwarded_options_size(Octets options) noexcept {
  std::size_t all = 0;
  for_each_forwarded(options, [&](Octets option) { all += option.size(); });
  return all;
}

std::size_t copy_forwarded_options(Octets options, std::span<std::uint8_t> to) noexcept {
  const std::size_t room = to.size();
  for_each_forwarded(options, [&](Octets option) {
    if (option.size() > to.size()) return;
    std::ranges::copy(option, to.begin());
    to = to.subspan(option.size());
  });
  return room - to.size();
}

std::vector<std::uint8_t> write_upstream_query(const Query& query) {
  const std::size_t bare = header_size + query.question.size();
  const std::size_t options = query.edns ? forwarded_options_size(query.edns->options) : 0;
  std::vector<std::uint8_t> message(bare + (query.edns ? opt_size + options : 0));
  store16(message.data() + 2, query.flags & relayed_bits);
  store16(message.data() + 4, 1);
  std::ranges::copy(query.question, message.begin() + header_size);
  if (query.edns) {
    store16(message.data() + 10, 1);
    write_opt(message.data() + bare, *query.edns, 0, options);
    copy_forwarded_options(query.edns->options, std::span(message).subspan(bare + opt_size));
  }
  return message;
}

std::vector<std::uint8_t> without_opt(Octets upstream_query) {
  const std::size_t question = skip_name(upstream_query.subspan(header_size)) + question_tail;
  std::vector<std::uint8_t> message(upstream_query.begin(),
                                    upstream_query.begin() + static_cast<std::ptrdiff_t>(header_size + question));
  store16(message.data() + 10, 0);
  return message;
}

std::optional<UpstreamAnswer> read_upstream_answer(Octets message, Octets question) noexcept {
  if (message.size() < header_size) return std::nullopt;
  UpstreamAnswer answer;
  answer.flags = load16(message.data() + 2);
  answer.rcode = answer.flags & 0x0FU;
  if ((answer.flags & flag::response) == 0 || (answer.flags & flag::opcode) != 0) return std::nullopt;
  if (load16(message.data() + 4) != 1 || !is_same_question(message, question)) return std::nullopt;
  const std::size_t start = header_size + question.size();
  std::size_t at = start;
  for (std::size_t section = 0; section < answer.counts.size() && !answer.has_opt; ++section) {
    const std::size_t count = load16(message.data() + 6 + 2 * section);
    for (std::size_t i = 0; i < count; ++i) {
      const auto record = read_record(message.subspan(at));
      if (!record || !is_readable_name(message, at)) return std::nullopt;
      if (record->type == type::opt) {
        // It is allowed only in the additional section.
        if (section != 2 || !read_opt_of_answer(message.subspan(at), *record, answer)) return std::nullopt;
        break;
      }
      ++answer.counts[section];
      at += record->size();
    }
  }
  answer.records = message.subspan(start, at - start);
  return answer;
}

bool is_about(const UpstreamAnswer& answer, const std::optional<ClientSubnet>& asked) noexcept {
  bool is = true;
  for_each_option(answer.options, [&](std::uint16_t code, Octets whole) {
    if (!asked || code != option::client_subnet) return;
    const auto answered = read_answered_subnet(whole.subspan(option_head));
    is = is && answered && asked->is_answered_by(*answered);
  });
  return is;
}

std::uint32_t lifetime_of(const UpstreamAnswer& answer, std::uint16_t type) noexcept {
  const bool is_nxdomain = answer.rcode == static_cast<std::uint16_t>(Rcode::nxdomain);
  const bool is_noerror = answer.rcode == static_cast<std::uint16_t>(Rcode::noerror);
  if ((!is_nxdomain && !is_noerror) || (answer.flags & flag::truncated) != 0) return 0;
  std::uint32_t lowest = day;
  bool has_type = false;
  bool has_soa = false;
  Octets rest = answer.records;
  for (std::size_t i = 0; i < std::size_t{answer.counts[0]} + answer.counts[1]; ++i) {
    const auto record = read_record(rest);
    if (!record) return 0;
    if (i < answer.counts[0]) {
      lowest = std::min(lowest, record->ttl);
      has_type = has_type || record->type == type || type == type::any;
    } else if (record->type == type::soa && record->rdata.size() >= 22 && !has_soa) {
      has_soa = true;
      if (is_nxdomain || !has_type) {
        const std::uint32_t minimum = load32(record->rdata.data() + record->rdata.size() - 4);
        lowest = std::min({lowest, record->ttl, minimum});
      }
    }
    rest = rest.subspan(record->size());
  }
  // An alias that leads out of the upstream's authority is not a denial.
  const bool is_denial = is_nxdomain || answer.counts[0] == 0;
  return is_denial && !has_soa ? 0 : lowest;
}

void count_down(std::span<std::uint8_t> records, std::uint32_t seconds) noexcept {
  for_each_ttl(records, [&](std::uint8_t* ttl) {
    const std::uint32_t before = load32(ttl);
    store32(ttl, before > seconds ? before - seconds : 0);
  });
}

void set_ttls(std::span<std::uint8_t> records, std::uint32_t ttl) noexcept {
  for_each_ttl(records, [&](std::uint8_t* at) { store32(at, ttl); });
}

}  // namespace thence::dns
