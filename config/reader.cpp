#include "config/reader.hpp"

#include "config/address.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <set>

#include <yaml-cpp/yaml.h>

namespace thence::config {

namespace {

constexpr std::string_view text_allowed = "a text";

std::string quote(std::string_view word) { return "'" + printable(word) + "'"; }

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (const auto word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& words) {
  const auto meant = near_miss(word, words);
  return meant ? ", did you mean " + quote(*meant) + "?" : "";
}

/// A whole decimal number at the start of a text, and what follows it.
struct Quantity {
  std::uint64_t value;
  std::string_view unit;
};

std::optional<Quantity> quantity(std::string_view text) {
  Quantity result{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, result.value);
  if (error != std::errc{}) return std::nullopt;
  result.unit = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return result;
}

/// Restricted Damerau–Levenshtein distance: how many letters were mistyped, left out, added or swapped.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

Cursor::Cursor(const Document& document, Problems& problems)
    : document_(&document),
      problems_(&problems),
      node_(document.root),
      line_(from_one(node_->Mark().line)),
      column_(from_one(node_->Mark().column)),
      present_(!node_->IsNull()) {}

Cursor::Cursor(const Cursor& parent, const YAML::Node& node, std::string key)
    : document_(parent.document_),
      problems_(parent.problems_),
      node_(std::make_shared<const YAML::Node>(node)),
      line_(from_one(node.Mark().line)),
      column_(from_one(node.Mark().column)),
      key_(std::move(key)),
      severity_(parent.severity_),
      present_(!node.IsNull()) {}

Cursor::Cursor(const Cursor& parent, std::string key)
    : document_(parent.document_),
      problems_(parent.problems_),
      line_(parent.line_),
      column_(parent.column_),
      key_(std::move(key)),
      severity_(parent.severity_) {}

bool Cursor::is_list() const { return present_ && node_->IsSequence(); }

bool Cursor::is_map() const { return present_ && node_->IsMap(); }

bool Cursor::is(std::string_view word) const { return present_ && node_->IsScalar() && node_->Scalar() == word; }

Cursor Cursor::with(Severity severity) const {
  auto same = *this;
  same.severity_ = severity;
  return same;
}

void Cursor::wrong(std::string message) const {
  problems_->add({document_->name, line_, column_, key_, std::move(message), severity_});
}

std::optional<std::string> Cursor::scalar(std::string_view allowed, bool optional) const {
  if (!present_) {
    if (!optional) wrong("is missing; allowed: " + std::string(allowed));
    return std::nullopt;
  }
  if (node_->IsScalar()) return node_->Scalar();
  wrong(std::string(node_->IsSequence() ? "a list" : "a mapping") + " stands here; allowed: " + std::string(allowed));
  return std::nullopt;
}

std::optional<std::string> Cursor::word(const std::vector<std::string_view>& allowed, bool optional) const {
  const auto list = listed(allowed);
  auto found = scalar(list, optional);
  if (!found || std::find(allowed.begin(), allowed.end(), *found) != allowed.end()) return found;
  wrong(quote(*found) + " is not known" + suggestion(*found, allowed) + "; allowed: " + list);
  return std::nullopt;
}

std::vector<std::string> Cursor::words(const std::vector<std::string_view>& allowed) const {
  std::vector<std::string> found;
  const auto elements = list();
  if (elements.empty() && (!present_ || node_->IsSequence())) {
    wrong("names nothing; allowed: a list of " + listed(allowed));
  }
  for (const auto& element : elements) {
    const auto word = element.word(allowed, false);
    if (!word) continue;
    if (std::find(found.begin(), found.end(), *word) != found.end()) {
      element.wrong("named twice; each word at most once");
    } else {
      found.push_back(*word);
    }
  }
  return found;
}

std::string Cursor::string(const std::optional<std::string>& fallback) const {
  return scalar(text_allowed, fallback.has_value()).value_or(fallback.value_or(""));
}

bool Cursor::boolean(std::optional<bool> fallback) const {
  return choice<bool>({{"false", false}, {"true", true}}, fallback);
}

std::uint64_t Cursor::number(std::uint64_t least, std::uint64_t most, std::optional<std::uint64_t> fallback,
                             std::string_view besides) const {
  const auto allowed = std::string(besides) + "a number from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = scalar(allowed, fallback.has_value());
  if (!text) return fallback.value_or(least);
  const auto read = quantity(*text);
  if (read && read->unit.empty() && read->value >= least && read->value <= most) return read->value;
  wrong(quote(*text) + " does not fit; allowed: " + allowed);
  return fallback.value_or(least);
}

std::uint16_t Cursor::port(std::optional<std::uint16_t> fallback) const {
  return static_cast<std::uint16_t>(number(1, 65535, fallback));
}

std::optional<boost::asio::ip::address> Cursor::address() const {
  constexpr std::string_view allowed = "a unicast IPv4 or IPv6 address";
  const auto text = scalar(allowed, false);
  if (!text) return {};
  if (auto address = parse_unicast(*text)) return address;
  wrong('\'' + printable(*text) + "' is no address; allowed: " + std::string(allowed));
  return {};
}

template <typename Take>
void Cursor::each_listed(std::string_view allowed, const Take& take) const {
  const auto elements = list();
  if (elements.empty() && is_list()) wrong("names nothing; allowed: a list of " + std::string(allowed));
  for (const auto& element : elements) {
    const auto text = element.scalar(allowed, false);
    if (!text) continue;
    const bool excludes = text->starts_with('!');
    take(element, text->substr(excludes ? 1 : 0), excludes);
  }
}

PrefixList Cursor::prefixes() const {
  constexpr std::string_view allowed = "prefixes such as 10.0.0.0/8 or 2001:db8::/32, or '!10.1.0.0/16' to exclude one";
  PrefixList prefixes;
  each_listed(allowed, [&](const Cursor& at, const std::string& text, bool excludes) {
    if (const auto prefix = Prefix::parse(text)) {
      (excludes ? prefixes.excluded : prefixes.included).push_back(*prefix);
    } else {
      at.wrong(quote(text) + " is no prefix, or has bits set behind it; allowed: " + std::string(allowed));
    }
  });
  return prefixes;
}

GlobList Cursor::interfaces() const {
  constexpr std::string_view allowed = "names of interfaces or globs such as eth*, or '!eth9' to exclude one";
  GlobList globs;
  each_listed(allowed, [&](const Cursor& at, const std::string& text, bool excludes) {
    if (text.empty()) at.wrong("is empty; allowed: " + std::string(allowed));
    (excludes ? globs.excluded : globs.included).push_back(text);
  });
  return globs;
}

std::chrono::milliseconds Cursor::duration(std::chrono::milliseconds least, std::chrono::milliseconds most,
                                           std::optional<std::chrono::milliseconds> fallback) const {
  const auto allowed = "a number with ms, s, m or h, from " + std::to_string(least.count()) + "ms to " +
                       std::to_string(most.count()) + "ms";
  const auto text = scalar(allowed, fallback.has_value());
  if (!text) return fallback.value_or(least);
  if (const auto read = quantity(*text)) {
    for (const auto& [unit, milliseconds] : std::initializer_list<std::pair<std::string_view, std::uint64_t>>{
             {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}) {
      const auto largest = static_cast<std::uint64_t>(most.count()) / milliseconds;
      if (read->unit != unit || read->value > largest) continue;
      const std::chrono::milliseconds value(read->value * milliseconds);
      if (value >= least) return value;
    }
  }
  wrong(quote(*text) + " does not fit; allowed: " + allowed);
  return fallback.value_or(least);
}

std::size_t Cursor::size(std::size_t least, std::size_t most, std::optional<std::size_t> fallback) const {
  const auto allowed =
      "octets, a number alone or with KiB or MiB, from " + std::to_string(least) + " to " + std::to_string(most);
  const auto text = scalar(allowed, fallback.has_value());
  if (!text) return fallback.value_or(least);
  if (const auto read = quantity(*text)) {
    for (const auto& [unit, octets] : std::initializer_list<std::pair<std::string_view, std::size_t>>{
             {"", 1}, {"KiB", 1024}, {"MiB", 1024UL * 1024}}) {
      if (read->unit == unit && read->value <= most / octets && read->value * octets >= least) {
        return read->value * octets;
      }
    }
  }
  wrong(quote(*text) + " does not fit; allowed: " + allowed);
  return fallback.value_or(least);
}

std::filesystem::path Cursor::file() const {
  const auto name = scalar("a file name", false);
  if (!name) return {};
  if (name->empty()) wrong("is empty; allowed: a file name");
  return std::filesystem::path(document_->name).parent_path() / *name;
}

std::vector<Cursor> Cursor::list() const {
  std::vector<Cursor> elements;
  if (!present_) return elements;
  if (!node_->IsSequence()) {
    wrong("is not a list; allowed: [one, two] or a line with '- ' for each");
    return elements;
  }
  for (const auto& node : *node_) elements.push_back({*this, node, key_ + '[' + std::to_string(elements.size()) + ']'});
  return elements;
}

std::vector<Entry> Cursor::entries() const {
  std::vector<Entry> all;
  if (!present_) return all;
  if (!node_->IsMap()) {
    wrong("is not a mapping; allowed: { key: value } or a line with 'key: value' for each");
    return all;
  }
  std::set<std::string> seen;
  for (const auto& entry : *node_) {
    const auto name = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
    const auto path = key_.empty() ? name : key_ + '.' + name;
    const Cursor key(*this, entry.first, path);
    if (name.empty()) {
      key.wrong("a key must be a text");
    } else if (!seen.insert(name).second) {
      key.wrong("stands here a second time; each key at most once");
    } else {
      all.push_back({name, key, {*this, entry.second, path}});
    }
  }
  return all;
}

Map Cursor::map() const {
  Map map(*this);
  map.entries_ = entries();
  return map;
}

Cursor Map::operator[](std::string_view key) {
  known_.emplace_back(key);
  for (const auto& entry : entries_) {
    if (entry.name == key) return entry.value;
  }
  return {at_, at_.key_.empty() ? std::string(key) : at_.key_ + '.' + std::string(key)};
}

void Map::close() const {
  const std::vector<std::string_view> words(known_.begin(), known_.end());
  const auto allowed = words.empty() ? "none" : listed(words);
  for (const auto& entry : entries_) {
    if (std::find(known_.begin(), known_.end(), entry.name) != known_.end()) continue;
    entry.key.wrong("unknown key" + suggestion(entry.name, words) + "; allowed: " + allowed);
  }
}

std::optional<std::string_view> near_miss(std::string_view word, const std::vector<std::string_view>& words) {
  std::optional<std::string_view> best;
  std::size_t least = 3;
  for (const auto candidate : words) {
    const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
    // The words of a file may be as long as it is.
    if (longer - shorter >= least) continue;
    const auto distance = edits(word, candidate);
    if (distance < least && distance * 2 < std::max(word.size(), candidate.size())) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

}  // namespace thence::config
