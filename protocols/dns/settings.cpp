#include "protocols/dns/settings.hpp"

#include "protocols/dns/nsid.hpp"
#include "protocols/dns/zone_builder.hpp"
#include "protocols/dns/zone_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

namespace thence::dns {

namespace {

using config::Cursor;

/// @return nothing where it cannot be read; errno says why
std::optional<std::string> contents(const std::filesystem::path& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) {
    errno = EISDIR;
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) return std::nullopt;
  const auto size = stream.tellg();
  if (size < 0) return std::nullopt;
  std::string text(static_cast<std::size_t>(size), '\0');
  stream.seekg(0);
  stream.read(text.data(), size);
  if (!stream) return std::nullopt;
  return text;
}

/// Enough to see what is the matter; a file that is no zone file at all would fill the terminal.
constexpr int most_mistakes = 100;

/// @return nothing where there is no text, which the cursor has told then
std::optional<std::string> text_at(const Cursor& at) {
  auto text = at.string();
  return text.empty() && !at.is("") ? std::nullopt : std::optional(std::move(text));
}

/// Reads one entry of `zones:`.
class ZoneSettings {
 public:
  explicit ZoneSettings(const Cursor& at) : at_(at) {
    auto map = at.map();
    name_at_.emplace(map["name"]);
    records_ = map["records"].list();
    file_at_.emplace(map["file"]);
    dynamic_ = map["dynamic"].entries();
    map.close();
  }

  /// @param names the apexes of the zones before, in wire form
  std::optional<Zone> read(std::set<std::string>& names, std::optional<std::string>& first_self) {
    const auto name = text_at(*name_at_);
    if (!name) return std::nullopt;
    const auto apex = *name == "@" ? std::nullopt : Name::parse(*name, Name());
    if (!apex) {
      name_at_->wrong("'" + *name + "' is not a domain name; allowed: such as example.com");
      return std::nullopt;
    }
    if (!names.emplace(apex->wire().begin(), apex->wire().end()).second) {
      name_at_->wrong("a second zone " + apex->text() + "; allowed: each zone once");
    }
    if (records_.empty() && !file_at_->present()) {
      at_.wrong("a zone without data; allowed: records, file, or both");
      return std::nullopt;
    }
    ZoneBuilder builder(*apex, [this](Place place, Gravity gravity, std::string message) {
      if (gravity == Gravity::mistake) wrong(place, std::move(message));
    });
    read_records(*apex, builder);
    read_file(*apex, builder);
    read_dynamic(*apex, builder, first_self);
    auto zone = std::move(builder).build();
    return mistakes_ == 0 ? std::move(zone) : std::nullopt;
  }

 private:
  /// Where something stands: `line` is the number of the record or of the dynamic name, or the line of the zone file.
  enum Where : std::uint32_t { whole_zone, in_records, in_dynamic, in_zone_file };

  void read_records(const Name& apex, ZoneBuilder& builder) {
    for (std::uint32_t i = 0; i < records_.size(); ++i) {
      const auto text = text_at(records_[i]);
      if (!text) {
        ++mistakes_;
        continue;
      }
      Record record;
      if (const auto problem = read_record(*text, apex, record)) {
        wrong({in_records, i}, *problem);
      } else {
        builder.add(record, {in_records, i});
      }
    }
  }

  void read_file(const Name& apex, ZoneBuilder& builder) {
    if (!file_at_->present()) return;
    file_ = file_at_->file();
    if (file_.empty() || file_at_->is("")) {  // which the cursor has told
      ++mistakes_;
      return;
    }
    const auto text = contents(file_);
    if (!text) {
      ++mistakes_;
      const std::string reason = std::strerror(errno);
      file_at_->wrong("'" + file_.string() + "' cannot be read: " + reason + "; allowed: a zone file");
      return;
    }
    read_zone_file(*text, apex,
                   {.record =
                        [&](std::uint32_t line, const Record& record) {
                          builder.add(record, {in_zone_file, line});
                        },
                    .wrong =
                        [&](std::uint32_t line, std::string message) {
                          wrong({in_zone_file, line}, std::move(message));
                        }});
  }

  void read_dynamic(const Name& apex, ZoneBuilder& builder, std::optional<std::string>& first_self) {
    for (std::uint32_t i = 0; i < dynamic_.size(); ++i) {
      const auto& [owner, key, value] = dynamic_[i];
      const auto dynamic = value.choice<Dynamic>({{"self", Dynamic::self}, {"client", Dynamic::client}});
      const auto name = Name::parse(owner, apex);
      if (!name) {
        wrong({in_dynamic, i}, "'" + owner + "' is not a domain name; allowed: a name within " + apex.text());
        continue;
      }
      builder.add_dynamic(*name, dynamic, {in_dynamic, i});
      const bool is_wildcard = name->wire()[0] == 1 && name->wire()[1] == '*';
      if (dynamic == Dynamic::self && !is_wildcard && !first_self) first_self = name->text();
    }
  }

  void wrong(Place place, std::string message) {
    // What a whole zone lacks may only be misspelt.
    if (place.file == whole_zone && mistakes_ > 0) return;
    if (++mistakes_ > most_mistakes) return;
    if (mistakes_ == most_mistakes) {
      message = "so many mistakes that the other ones of this zone are left out; allowed: a zone (RFC 1035 §5)";
    }
    switch (place.file) {
      case in_records:
        records_[place.line].wrong(std::move(message));
        break;
      case in_dynamic:
        dynamic_[place.line].value.wrong(std::move(message));
        break;
      case in_zone_file:
        at_.problems().add({file_.string(), static_cast<int>(place.line), 0, "", std::move(message)});
        break;
      default:
        if (file_.empty()) {
          at_.wrong(std::move(message));
        } else {
          at_.problems().add({file_.string(), 0, 0, "", std::move(message)});
        }
    }
  }

  Cursor at_;
  std::optional<Cursor> name_at_;
  std::optional<Cursor> file_at_;
  std::vector<Cursor> records_;
  std::vector<config::Entry> dynamic_;
  std::filesystem::path file_;
  int mistakes_ = 0;
};

}  // namespace

Settings read_settings(const Cursor& section) {
  auto map = section.map();
  const auto entries = map["zones"].list();
  auto nsid = read_nsid(map["nsid"]);
  auto cookies = read_cookies(map["cookies"]);
  auto chaos = read_chaos(map["chaos"]);
  const auto rate_limit = read_rate_limit(map["rate-limit"]);
  map.close();
  std::vector<Zone> zones;
  std::set<std::string> names;
  std::optional<std::string> first_self;
  for (const auto& entry : entries) {
    auto zone = ZoneSettings(entry).read(names, first_self);
    if (zone) zones.push_back(std::move(*zone));
  }
  std::optional<Settings::Example> example;
  if (first_self) {
    example = {*first_self, true};
  } else if (!zones.empty()) {
    example = {zones.front().apex().text(), false};
  }
  return {ZoneTable(std::move(zones)), example, std::move(nsid), std::move(cookies), std::move(chaos), rate_limit};
}

}  // namespace thence::dns
