#include "protocols/dns/record_text.hpp"

#include "protocols/dns/message.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <arpa/inet.h>
#include <ldns/ldns.h>

namespace thence::dns {

namespace {

constexpr std::uint32_t default_ttl_without_any = 3600;
constexpr std::uint32_t largest_ttl = 0x7FFFFFFF;

/// ldns cuts off longer texts without a word.
constexpr std::size_t longest_text = 65'000;

bool is_blank(char letter) { return letter == ' ' || letter == '\t'; }

std::string quote(std::string_view text) {
  constexpr std::size_t enough = 80;
  std::string shown;
  for (const char letter : text.substr(0, enough)) {
    shown += static_cast<unsigned char>(letter) < ' ' || letter == '\x7f' ? '?' : letter;
  }
  return "'" + shown + (text.size() > enough ? "…'" : "'");
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// @return the class's number, or nothing where the word is no class
std::optional<std::uint16_t> parse_class(std::string_view word) {
  if (equals_ignoring_case(word, "IN")) return class_in;
  if (equals_ignoring_case(word, "CH")) return 3;
  if (equals_ignoring_case(word, "HS")) return 4;
  constexpr std::string_view generic = "CLASS";
  if (!equals_ignoring_case(word.substr(0, generic.size()), generic)) return std::nullopt;
  std::uint16_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data() + generic.size(), end, number);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

/// Data and questions only: types that never are records of a zone (RFC 6895 §3.1).
bool is_meta(std::uint16_t type) { return type == 0 || type == type::opt || (type >= 128 && type <= 255); }

template <typename Address>
bool read_address(int family, std::string_view text, std::vector<std::uint8_t>& rdata) {
  std::array<char, INET6_ADDRSTRLEN> word;
  if (text.size() >= word.size()) return false;
  *std::ranges::copy(text, word.begin()).out = '\0';
  rdata.resize(sizeof(Address));
  return inet_pton(family, word.data(), rdata.data()) == 1;
}

struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};

}  // namespace

struct RecordText::Ldns {
  ldns_rdf* origin = nullptr;

  explicit Ldns(const Name& name)
      : origin(ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.size(), name.wire().data())) {}
  Ldns(const Ldns&) = delete;
  Ldns& operator=(const Ldns&) = delete;
  ~Ldns() { ldns_rdf_deep_free(origin); }
};

RecordText::RecordText(const Name& origin)
    : origin_(origin), ldns_(std::make_unique<Ldns>(origin)), last_ttl_(default_ttl_without_any) {}

RecordText::~RecordText() = default;

void RecordText::set_origin(const Name& origin) {
  origin_ = origin;
  ldns_ = std::make_unique<Ldns>(origin);
}

std::optional<std::string> RecordText::read(std::string_view line, Record& record) {
  if (line.find('\0') != std::string_view::npos) return "an octet 0 stands in the text; allowed: printable text";
  if (line.size() > longest_text) {
    return "longer than " + std::to_string(longest_text) + " octets; allowed: a shorter record";
  }
  if (line.empty() || is_blank(line.front())) {
    if (!last_owner_) return "no owner, and no record before whose owner it could be; allowed: OWNER TTL TYPE DATA";
    record.owner = *last_owner_;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  } else {
    const auto word = take_word(line);
    const auto owner = Name::parse(word, origin_);
    if (!owner) return quote(word) + " is not a domain name; allowed: labels of up to 63 octets, 255 in all";
    record.owner = *owner;
  }

  std::optional<std::uint32_t> ttl;
  std::optional<std::uint16_t> rr_class;
  auto word = take_word(line);
  for (;; word = take_word(line)) {
    if (!ttl && !word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
      ttl = parse_ttl(word);
      if (!ttl) return quote(word) + " is not a TTL; allowed: 0 to 2147483647 seconds, or as in 1h30m";
    } else if (const auto named = parse_class(word); named && !rr_class) {
      rr_class = named;
    } else {
      break;
    }
  }
  if (rr_class.value_or(class_in) != class_in) return "a record of another class; allowed: IN";
  if (word.empty()) return "no type; allowed: OWNER TTL TYPE DATA";
  record.ttl = ttl ? *ttl : default_ttl_.value_or(last_ttl_);
  auto problem = read_rdata(word, line, record);
  if (!problem) {
    last_ttl_ = record.ttl;
    last_owner_ = record.owner;
  }
  return problem;
}

std::optional<std::string> RecordText::read_rdata(std::string_view type, std::string_view text, Record& record) {
  // Most records of large zones are addresses, which the library takes ten times as long for.
  if (type == "A" && read_address<in_addr>(AF_INET, text, record.rdata)) {
    record.type = type::a;
    return {};
  }
  if (type == "AAAA" && read_address<in6_addr>(AF_INET6, text, record.rdata)) {
    record.type = type::aaaa;
    return {};
  }

  const std::string type_name(type);
  record.type = static_cast<std::uint16_t>(ldns_get_rr_type_by_name(type_name.c_str()));
  if (is_meta(record.type)) return quote(type) + " is not a type of record; allowed: a type such as A, or TYPE65280";
  if (text.empty()) return "no data; allowed: OWNER TTL TYPE DATA";

  const std::string whole = ". 0 IN " + type_name + ' ' + std::string(text);
  ldns_rr* read = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&read, whole.c_str(), 0, ldns_->origin, nullptr);
  if (status != LDNS_STATUS_OK) {
    return quote(text) + " is not the data of " + type_name + ": " + ldns_get_errorstr_by_id(status) +
           "; allowed: data as the type's RFC has it, or \\# and its octets";
  }
  const std::unique_ptr<ldns_rr, FreeRecord> owned(read);
  record.rdata.clear();
  for (std::size_t i = 0; i < ldns_rr_rd_count(read); ++i) {
    const ldns_rdf* const field = ldns_rr_rdf(read, i);
    const std::uint8_t* const data = ldns_rdf_data(field);
    record.rdata.insert(record.rdata.end(), data, data + ldns_rdf_size(field));
  }
  if (record.rdata.size() > 0xFFFF) return "more than 65535 octets of data; allowed: a shorter record";
  return {};
}

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

std::optional<std::uint32_t> parse_ttl(std::string_view text) {
  std::uint64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    std::uint32_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    std::uint64_t unit = 1;
    if (!text.empty()) {
      switch (text.front() | 0x20) {
        case 'w':
          unit = 604800;
          break;
        case 'd':
          unit = 86400;
          break;
        case 'h':
          unit = 3600;
          break;
        case 'm':
          unit = 60;
          break;
        case 's':
          break;
        default:
          return std::nullopt;
      }
      text.remove_prefix(1);
    }
    total += number * unit;
    if (total > largest_ttl) return std::nullopt;
  }
  return static_cast<std::uint32_t>(total);
}

std::string type_text(std::uint16_t type) {
  char* const text = ldns_rr_type2str(static_cast<ldns_rr_type>(type));
  std::string result = text == nullptr ? std::to_string(type) : text;
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): the library's way of handing out text
  return result;
}

}  // namespace thence::dns
