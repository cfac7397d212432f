#include "protocols/dns/text/record_text.hpp"

#include "protocols/dns/text/rdata_text.hpp"
#include "protocols/dns/text/svc_params.hpp"
#include "protocols/dns/text/words.hpp"
#include "protocols/dns/wire/message.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include <arpa/inet.h>
#include <ldns/ldns.h>

namespace thence::dns {

namespace {

// Types whose data ldns does not accept in every form of their RFCs.
constexpr std::uint16_t apl = 42;
constexpr std::uint16_t ipseckey = 45;
constexpr std::uint16_t csync = 62;
constexpr std::uint16_t caa = 257;
constexpr std::uint16_t amtrelay = 260;

constexpr std::uint32_t default_ttl_without_any = 3600;
constexpr std::uint32_t largest_ttl = 0x7FFFFFFF;
constexpr std::uint64_t longest_period = 0xFFFFFFFF;  ///< seconds, of a SOA (RFC 1035 §3.3.13)

/// ldns silently truncates longer texts.
constexpr std::size_t longest_data = 65'000;

bool starts_with_digit(std::string_view word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) != 0;
}

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

/// @return nothing if the word is not a decimal number alone
template <typename Number>
std::optional<Number> parse_number(std::string_view word) {
  Number number = 0;
  const char* const end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data(), end, number);
  return error == std::errc{} && rest == end ? std::optional(number) : std::nullopt;
}

bool starts_with_ignoring_case(std::string_view word, std::string_view start) {
  return equals_ignoring_case(word.substr(0, start.size()), start);
}

/// @return the number of the class, or nothing if the word is not a class
std::optional<std::uint16_t> parse_class(std::string_view word) {
  if (equals_ignoring_case(word, "IN")) return class_in;
  if (equals_ignoring_case(word, "CH")) return 3;
  if (equals_ignoring_case(word, "HS")) return 4;
  constexpr std::string_view generic = "CLASS";
  if (!starts_with_ignoring_case(word, generic)) return std::nullopt;
  return parse_number<std::uint16_t>(word.substr(generic.size()));
}

/// @return the number of the type, or nothing if the word is not a type
std::optional<std::uint16_t> parse_type(std::string_view word) {
  constexpr std::string_view generic = "TYPE";
  if (starts_with_ignoring_case(word, generic)) return parse_number<std::uint16_t>(word.substr(generic.size()));
  if (const auto* const named = find_type(word)) return named->type;
  const auto number = static_cast<std::uint16_t>(ldns_get_rr_type_by_name(std::string(word).c_str()));
  return number != 0 ? std::optional(number) : std::nullopt;
}

/// Seconds as a number or as in `1h30m`.
std::optional<std::uint64_t> parse_period(std::string_view text) {
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
    if (total > longest_period) return std::nullopt;
  }
  return total;
}
/// Meta-types and QTYPEs, which are never records of a zone (RFC 6895 §3.1).
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

struct FreeField {
  void operator()(ldns_rdf* field) const { ldns_rdf_deep_free(field); }
};

/// ldns takes every name whose first label is @ for the origin, even if escaped or followed by other labels.
/// @param word of the field
/// @return the name that was meant, or nullptr if the field is right
std::unique_ptr<ldns_rdf, FreeField> name_mistaken_for_origin(const ldns_rdf& field, std::string_view word,
                                                              const ldns_rdf* origin) {
  const bool begins_with_at = word.starts_with('@') || word.starts_with("\\@") || word.starts_with("\\064");
  if (ldns_rdf_get_type(&field) != LDNS_RDF_TYPE_DNAME || word == "@" || !begins_with_at) return nullptr;
  const std::string text(word);
  std::unique_ptr<ldns_rdf, FreeField> name(ldns_dname_new_frm_str(text.c_str()));
  if (name && ldns_dname_str_absolute(text.c_str()) == 0) ldns_dname_cat(name.get(), origin);
  return name;
}

Octets octets_of(const ldns_rdf& field) { return {ldns_rdf_data(&field), ldns_rdf_size(&field)}; }

std::uint64_t number_in(Octets octets) {
  std::uint64_t number = 0;
  for (const auto octet : octets) number = number << 8U | octet;
  return number;
}

/// ldns reduces a number that is too large modulo the size of its field, so each is read again.
/// @param words of the record from this field on; those of this field are removed
/// @return nothing, or what is wrong
std::optional<std::string> check_numbers(const ldns_rdf& field, std::string_view& words) {
  const auto octets = octets_of(field);
  const auto check = [](std::string_view word, std::optional<std::uint64_t> number,
                        Octets read) -> std::optional<std::string> {
    if (number == number_in(read)) return {};
    const std::uint64_t most = (std::uint64_t{1} << 8U * read.size()) - 1;
    return quote(word) + " is not a number that fits; allowed: 0 to " + std::to_string(most);
  };
  const auto check_type = [](std::string_view word) -> std::optional<std::string> {
    if (parse_type(word)) return {};
    return quote(word) + " is not a type of record; allowed: a type such as A, or TYPE65280";
  };
  const auto word = take_word(words);
  switch (ldns_rdf_get_type(&field)) {
    case LDNS_RDF_TYPE_INT8:
    case LDNS_RDF_TYPE_INT16:
    case LDNS_RDF_TYPE_INT32:
      return check(word, parse_number<std::uint64_t>(word), octets);
    case LDNS_RDF_TYPE_PERIOD:
      return check(word, parse_period(word), octets);
    case LDNS_RDF_TYPE_ALG:
    case LDNS_RDF_TYPE_CERT_ALG:
    case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
    case LDNS_RDF_TYPE_SELECTOR:
    case LDNS_RDF_TYPE_MATCHING_TYPE:
      // These may be mnemonics, too.
      if (!word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0) return {};
      return check(word, parse_number<std::uint64_t>(word), octets);
    case LDNS_RDF_TYPE_TIME: {
      // A date of 14 digits (RFC 4034 §3.2) is correctly taken modulo 2^32.
      constexpr std::size_t date = 14;
      return word.size() == date ? std::nullopt : check(word, parse_number<std::uint64_t>(word), octets);
    }
    case LDNS_RDF_TYPE_IPSECKEY: {
      const auto gateway_type = take_word(words);
      const auto algorithm = take_word(words);
      auto problem = check(word, parse_number<std::uint64_t>(word), octets.first(1));
      if (!problem) problem = check(gateway_type, parse_number<std::uint64_t>(gateway_type), octets.subspan(1, 1));
      if (!problem) problem = check(algorithm, parse_number<std::uint64_t>(algorithm), octets.subspan(2, 1));
      return problem;
    }
    case LDNS_RDF_TYPE_TYPE:
      return check_type(word);
    case LDNS_RDF_TYPE_NSEC: {
      auto problem = word.empty() ? std::nullopt : check_type(word);
      while (!problem && !words.empty()) problem = check_type(take_word(words));
      return problem;
    }
    default:
      return {};
  }
}

/// @return nothing, or what is wrong with a field that ldns accepted
std::optional<std::string> check_field(const ldns_rdf& field) {
  if (ldns_rdf_get_type(&field) == LDNS_RDF_TYPE_DNAME && ldns_rdf_size(&field) > longest_name) {
    return "a name in the data is longer than 255 octets; allowed: a shorter one";
  }
  if (ldns_rdf_get_type(&field) == LDNS_RDF_TYPE_SVCPARAMS) return check_svc_params(octets_of(field));
  return {};
}

std::string wrong_data(std::string_view type, std::string_view text, std::string_view why = "") {
  return quote(text) + " is not the data of " + std::string(type) + std::string(why) +
         "; allowed: data as the type's RFC has it, or \\# and its octets";
}

/// The type itself, or one with the same data if ldns does not know it.
ldns_rr_type type_for_library(std::uint16_t type) {
  const auto* const named = find_type(type);
  return static_cast<ldns_rr_type>(named != nullptr && named->like != 0 ? named->like : type);
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) take_word(text);
  return count;
}

/// A list of types may be empty (RFC 4034 §4.1.2, RFC 7477 §2.1.1).
std::size_t least_fields(const ldns_rr_descriptor& descriptor) {
  const std::size_t least = ldns_rr_descriptor_minimum(&descriptor);
  const bool ends_in_types = least > 0 && ldns_rr_descriptor_field_type(&descriptor, least - 1) == LDNS_RDF_TYPE_NSEC;
  return ends_in_types ? least - 1 : least;
}

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
  if (line.find('\r') != std::string_view::npos) {
    return "a carriage return within a line; allowed: one at its end";
  }
  if (line.empty() || is_blank(line.front())) {
    if (!last_owner_) return "no owner, and no previous record to take it from; allowed: OWNER TTL TYPE DATA";
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
    if (!ttl && starts_with_digit(word)) {
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
  // Remove blanks before a comment, but not an escaped one, which has a backslash before it.
  while (text.size() > 1 && is_blank(text.back()) && text[text.size() - 2] != '\\') text.remove_suffix(1);
  // Most records of large zones are addresses, for which ldns takes ten times as long.
  if (type == "A" && read_address<in_addr>(AF_INET, text, record.rdata)) {
    record.type = type::a;
    return {};
  }
  if (type == "AAAA" && read_address<in6_addr>(AF_INET6, text, record.rdata)) {
    record.type = type::aaaa;
    return {};
  }

  record.type = parse_type(type).value_or(0);
  if (is_meta(record.type)) return quote(type) + " is not a type of record; allowed: a type such as A, or TYPE65280";
  if (text.empty() && record.type != apl) return "no data; allowed: OWNER TTL TYPE DATA";

  auto words = text;
  if (take_word(words) == "\\#") {
    if (auto problem = read_octets(type, text, record)) return problem;
  } else if (record.type == type::svcb || record.type == type::https) {
    if (auto problem = read_service(type, text, record)) return problem;
  } else if (const auto is_read = read_by_type(text, record)) {
    if (!*is_read) return wrong_data(type, text);
  } else if (auto problem = read_by_library(type, text, record)) {
    return problem;
  }
  if (record.rdata.size() > 0xFFFF) return "more than 65535 octets of data; allowed: a shorter record";
  return {};
}

std::optional<std::string> RecordText::read_octets(std::string_view type, std::string_view text, Record& record) const {
  if (!read_generic(text, record.rdata)) return wrong_data(type, text);
  if (is_texts(record.type)) return are_texts(record.rdata) ? std::nullopt : std::optional(wrong_data(type, text));
  const auto library_type = type_for_library(record.type);
  const auto* const descriptor = ldns_rr_descript(static_cast<std::uint16_t>(library_type));
  if (descriptor->_type != library_type) return {};
  // ldns checks that they fit the type, except for missing fields at the end; the octets it returns would lack names
  // that end in a pointer.
  const auto octets = record.rdata;
  std::size_t fields = 0;
  auto problem = read_by_library(type, text, record, &fields);
  if (!problem && fields < least_fields(*descriptor)) {
    problem = wrong_data(type, text, ": fewer octets than its fields have");
  }
  if (!problem && octets != record.rdata) problem = wrong_data(type, text, ": other octets than its fields have");
  return problem;
}

std::optional<std::string> RecordText::read_service(std::string_view type, std::string_view text,
                                                    Record& record) const {
  // ldns reads PRIORITY and TARGET, but its values and lists deviate from RFC 9460 §A.
  auto params = text;
  take_word(params);
  take_word(params);
  if (auto problem = read_by_library(type, text.substr(0, text.size() - params.size()), record)) return problem;
  const auto read_base64 = [](std::string_view base64, std::vector<std::uint8_t>& to) -> bool {
    ldns_rdf* read = nullptr;
    if (base64.empty() || ldns_str2rdf_b64(&read, std::string(base64).c_str()) != LDNS_STATUS_OK) return false;
    const auto octets = octets_of(*read);
    to.insert(to.end(), octets.begin(), octets.end());
    ldns_rdf_deep_free(read);
    return !octets.empty();
  };
  return read_svc_params(params, read_base64, record.rdata);
}

std::optional<bool> RecordText::read_by_type(std::string_view text, Record& record) const {
  if (is_texts(record.type)) return read_texts(text, record.rdata);
  const auto read_name = [this](std::string_view name, std::vector<std::uint8_t>& rdata) -> bool {
    ldns_rr* read = nullptr;
    const std::string whole = ". 0 IN PTR " + std::string(name);
    if (ldns_rr_new_frm_str(&read, whole.c_str(), 0, ldns_->origin, nullptr) != LDNS_STATUS_OK) return false;
    const std::unique_ptr<ldns_rr, FreeRecord> owned(read);
    const auto meant = name_mistaken_for_origin(*ldns_rr_rdf(read, 0), name, ldns_->origin);
    const ldns_rdf& field = meant ? *meant : *ldns_rr_rdf(read, 0);
    const auto octets = octets_of(field);
    rdata.insert(rdata.end(), octets.begin(), octets.end());
    return !check_field(field);
  };
  const auto words = count_words(text);
  switch (record.type) {
    case apl:
      record.rdata.clear();
      return words == 0 ? std::optional<bool>(true) : std::nullopt;
    case ipseckey:
      return words == 4 ? std::optional(read_ipseckey_without_key(text, read_name, record.rdata)) : std::nullopt;
    case csync:
      return words == 2 ? std::optional(read_csync_without_types(text, record.rdata)) : std::nullopt;
    case caa:
      return read_caa(text, record.rdata);
    case amtrelay:
      return read_amtrelay(text, read_name, record.rdata);
    default:
      return std::nullopt;
  }
}

std::optional<std::string> RecordText::read_by_library(std::string_view type, std::string_view text, Record& record,
                                                       std::size_t* fields) const {
  std::string whole = ". 0 IN TYPE" + std::to_string(type_for_library(record.type));
  for (auto words = text; !words.empty();) (whole += ' ') += take_word(words);
  if (whole.size() > longest_data) {
    return "data longer than " + std::to_string(longest_data) + " octets; allowed: a shorter record";
  }
  ldns_rr* read = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&read, whole.c_str(), 0, ldns_->origin, nullptr);
  if (status != LDNS_STATUS_OK) return wrong_data(type, text, std::string(": ") + ldns_get_errorstr_by_id(status));
  const std::unique_ptr<ldns_rr, FreeRecord> owned(read);
  record.rdata.clear();
  auto words = text;
  const bool is_generic = words.starts_with("\\#");
  if (fields != nullptr) *fields = ldns_rr_rd_count(read);
  for (std::size_t i = 0; i < ldns_rr_rd_count(read); ++i) {
    auto rest = words;
    const auto meant =
        is_generic ? nullptr : name_mistaken_for_origin(*ldns_rr_rdf(read, i), take_word(rest), ldns_->origin);
    const ldns_rdf& field = meant ? *meant : *ldns_rr_rdf(read, i);
    auto problem = check_field(field);
    if (!problem && !is_generic) problem = check_numbers(field, words);
    if (problem) return problem;
    const auto octets = octets_of(field);
    record.rdata.insert(record.rdata.end(), octets.begin(), octets.end());
  }
  return {};
}

std::optional<std::uint32_t> parse_ttl(std::string_view text) {
  const auto seconds = parse_period(text);
  return seconds && *seconds <= largest_ttl ? std::optional(static_cast<std::uint32_t>(*seconds)) : std::nullopt;
}

bool is_ttl_or_class(std::string_view word) { return starts_with_digit(word) || parse_class(word).has_value(); }

}  // namespace thence::dns
