#include "protocols/dns/settings.hpp"

#include "protocols/dns/dynamic_settings.hpp"
#include "protocols/dns/nsid.hpp"
#include "protocols/dns/zone_builder.hpp"
#include "protocols/dns/zone_file.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

namespace thence::dns {

namespace {

using config::Cursor;
using config::Severity;

/// Enough to see what is the matter; a file that is no zone file at all would fill the terminal.
constexpr std::size_t most_mistakes = 100;

/// File systems tell the time of a change in steps of up to two seconds, and two changes in one step look like one.
constexpr std::chrono::seconds stamp_step(2);

/// @return nothing where there is no text, which the cursor has told then
std::optional<std::string> text_at(const Cursor& at) {
  auto text = at.string();
  return text.empty() && !at.is("") ? std::nullopt : std::optional(std::move(text));
}

bool all_settled(const std::vector<FileStamp>& files, std::chrono::system_clock::time_point when_read) {
  const auto latest = std::chrono::nanoseconds((when_read - stamp_step).time_since_epoch()).count();
  return std::ranges::all_of(files, [&](const FileStamp& each) { return each.modified < latest; });
}

/// Whether a zone that was made from one need not be made again from the other, whose files are not known yet.
bool is_unchanged(const ZoneSource& before, const ZoneSource& now, const std::filesystem::path& file) {
  const bool same_file = before.files.empty() ? file.empty() : before.files.front().file == file;
  return same_file && before.settled && before.records == now.records && before.dynamic == now.dynamic &&
         before.reverse == now.reverse &&
         std::ranges::all_of(before.files, [](const FileStamp& each) { return FileStamp::of(each.file) == each; });
}

std::string serial_of(const Zone& zone) {
  constexpr std::size_t from_end = 20;  // the five numbers of a SOA (RFC 1035 §3.3.13)
  const auto soa = zone.negative_soa().records;
  return std::to_string(load32(soa.data() + soa.size() - from_end));
}

/// What has become of the zones that were served before.
struct Reload {
  const ZoneTable& before;
  std::size_t read = 0;
  std::size_t unchanged = 0;
  std::size_t refused = 0;
};

/// Reads one entry of `zones:`.
class ZoneSettings {
 public:
  /// @param reload nullptr at the start
  ZoneSettings(const Cursor& at, Reload* reload)
      : at_(reload == nullptr ? at : at.with(Severity::partial)), reload_(reload) {
    const auto told = at_.problems().count();
    auto map = at_.map();
    name_at_.emplace(map["name"].with(at.severity()));
    records_ = map["records"].list();
    file_at_.emplace(map["file"]);
    const auto dynamic = map["dynamic"].entries();
    reverse_at_.emplace(map["reverse"]);
    map.close();
    for (const auto& each : records_) source_.records.push_back(text_at(each).value_or(""));
    if (file_at_->present()) file_ = file_at_->file();
    for (const auto& [owner, key, value] : dynamic) {
      dynamic_.push_back(value);
      source_.dynamic.emplace_back(owner, read_dynamic(value));
    }
    source_.reverse = read_reverse(*reverse_at_);
    flawed_ = at_.problems().count() > told;
  }

  /// @param names the apexes of the zones before, in wire form
  /// @return nothing where it has no name of its own, which is a mistake of the whole section
  std::optional<ServedZone> read(std::set<std::string>& names) {
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
    const auto* old = reload_ == nullptr ? nullptr : reload_->before.find(*apex);
    if (old != nullptr && !(old->apex == *apex)) old = nullptr;
    if (old != nullptr && old->zone && !flawed_ && is_unchanged(old->source, source_, file_)) {
      ++reload_->unchanged;
      return *old;
    }
    auto zone = make(*apex);
    if (reload_ == nullptr) return ServedZone{*apex, std::move(zone), std::move(source_)};
    if (zone) {
      ++reload_->read;
      at_.with(Severity::note).wrong(apex->text() + " is read anew: serial " + serial_of(*zone));
      return ServedZone{*apex, std::move(zone), std::move(source_)};
    }
    ++reload_->refused;
    if (old != nullptr && old->zone) {
      at_.wrong(apex->text() + " stays as it was: serial " + serial_of(*old->zone));
      return *old;
    }
    at_.wrong(apex->text() + " has no data and is answered with SERVFAIL; allowed: a zone without mistakes");
    return ServedZone{*apex, nullptr, {}};
  }

 private:
  /// Where something stands: `line` is the number of the record or of the dynamic name, or the line of the file.
  enum Where : std::uint32_t { whole_zone, in_records, in_dynamic, in_reverse, in_files };

  struct Mistake {
    Place place;
    Severity severity;
    std::string message;
  };

  /// @return nullptr where something is wrong, which is told
  std::shared_ptr<const Zone> make(const Name& apex) {
    if (records_.empty() && !file_at_->present()) {
      at_.wrong("a zone without data; allowed: records, file, or both");
      return nullptr;
    }
    // What a zone file has to do with leaves out its zone alone, even where it is at odds with what stands here.
    const auto of_content = file_.empty() ? at_.severity() : Severity::partial;
    ZoneBuilder builder(apex, [&](Place place, Gravity gravity, std::string message) {
      wrong(place, gravity == Gravity::warning ? Severity::warning : of_content, std::move(message));
    });
    read_records(apex, builder);
    read_file(apex, builder);
    add_dynamic(apex, builder);
    if (source_.reverse) builder.set_reverse(*source_.reverse, {in_reverse, 0});
    auto zone = std::move(builder).build();
    tell();
    return zone && !flawed_ ? std::make_shared<const Zone>(std::move(*zone)) : nullptr;
  }

  void read_records(const Name& apex, ZoneBuilder& builder) {
    for (std::uint32_t i = 0; i < records_.size(); ++i) {
      // Another one is told by the cursor.
      if (!records_[i].is(source_.records[i])) continue;
      Record record;
      if (const auto problem = read_record(source_.records[i], apex, record)) {
        wrong({in_records, i}, at_.severity(), *problem);
      } else {
        builder.add(record, {in_records, i});
      }
    }
  }

  void read_file(const Name& apex, ZoneBuilder& builder) {
    if (file_.empty() || file_at_->is("")) return;
    const auto now = std::chrono::system_clock::now();
    auto read = read_zone_file(file_, apex,
                               {.record =
                                    [&](std::uint32_t file, std::uint32_t line, const Record& record) {
                                      builder.add(record, {in_files + file, line});
                                    },
                                .wrong =
                                    [&](std::uint32_t file, std::uint32_t line, std::string message) {
                                      wrong({in_files + file, line}, Severity::partial, std::move(message));
                                    }});
    if (read.unreadable) {
      // It need not be there for the other zones to be served.
      const auto at = file_at_->with(std::min(file_at_->severity(), Severity::partial));
      at.wrong("'" + file_.string() + "' cannot be read: " + *read.unreadable + "; allowed: a zone file");
      flawed_ = true;
    }
    source_.files = std::move(read.files);
    source_.settled = all_settled(source_.files, now);
  }

  void add_dynamic(const Name& apex, ZoneBuilder& builder) {
    for (std::uint32_t i = 0; i < dynamic_.size(); ++i) {
      const auto& [owner, dynamic] = source_.dynamic[i];
      if (const auto name = Name::parse(owner, apex)) {
        builder.add_dynamic(*name, dynamic, {in_dynamic, i});
      } else {
        wrong({in_dynamic, i}, at_.severity(),
              "'" + owner + "' is not a domain name; allowed: a name within " + apex.text());
      }
    }
  }

  void wrong(Place place, Severity severity, std::string message) {
    // What a whole zone lacks may only be misspelt.
    if (place.file == whole_zone && flawed_) return;
    flawed_ = flawed_ || severity > Severity::warning;
    // Warnings must not crowd out the mistake that leaves out the zone.
    auto& told = severity == Severity::warning ? warnings_ : errors_;
    if (told == most_mistakes) return;
    if (++told == most_mistakes) {
      message = "so many mistakes that the other ones of this zone are left out; allowed: a zone (RFC 1035 §5)";
    }
    mistakes_.push_back({place, severity, std::move(message)});
  }

  void tell() {
    for (auto& [place, severity, message] : mistakes_) {
      if (place.file >= in_files) {
        const auto& file = source_.files[place.file - in_files].file;
        at_.problems().add({file.string(), static_cast<int>(place.line), 0, "", std::move(message), severity});
      } else if (place.file == in_records) {
        records_[place.line].with(severity).wrong(std::move(message));
      } else if (place.file == in_dynamic) {
        dynamic_[place.line].with(severity).wrong(std::move(message));
      } else if (place.file == in_reverse) {
        reverse_at_->with(severity).wrong(std::move(message));
      } else if (!file_.empty()) {
        at_.problems().add({file_.string(), 0, 0, "", std::move(message), severity});
      } else {
        at_.with(severity).wrong(std::move(message));
      }
    }
    mistakes_.clear();
  }

  Cursor at_;
  Reload* reload_;
  std::optional<Cursor> name_at_;
  std::optional<Cursor> file_at_;
  std::optional<Cursor> reverse_at_;
  std::vector<Cursor> records_;
  std::vector<Cursor> dynamic_;
  std::filesystem::path file_;
  ZoneSource source_;
  bool flawed_ = false;
  std::vector<Mistake> mistakes_;
  std::size_t warnings_ = 0;
  std::size_t errors_ = 0;
};

std::optional<Settings::Example> example_of(const ZoneTable& zones) {
  std::optional<Settings::Example> first_zone;
  for (const auto& [apex, zone, source] : zones) {
    if (!zone) continue;
    for (const auto& [owner, dynamic] : source.dynamic) {
      const auto name = Name::parse(owner, apex);
      const bool is_wildcard = name && name->wire()[0] == 1 && name->wire()[1] == '*';
      if (name && dynamic.kind == Dynamic::Kind::self && !is_wildcard) return Settings::Example{name->text(), true};
    }
    if (!first_zone) first_zone = {apex.text(), false};
  }
  return first_zone;
}

void tell(const Cursor& section, const Reload& reload, const std::set<std::string>& names) {
  const auto is_gone = [&](const ServedZone& each) {
    return !names.contains(std::string(each.apex.wire().begin(), each.apex.wire().end()));
  };
  const auto gone = std::ranges::count_if(reload.before, is_gone);
  section.with(Severity::note)
      .wrong("zones: " + std::to_string(reload.read) + " read anew, " + std::to_string(reload.unchanged) +
             " unchanged, " + std::to_string(reload.refused) + " refused, " + std::to_string(gone) + " gone");
}

}  // namespace

Settings read_settings(const Cursor& section, const Settings* before) {
  auto map = section.map();
  const auto entries = map["zones"].list();
  auto nsid = read_nsid(map["nsid"]);
  auto cookies = read_cookies(map["cookies"]);
  if (before != nullptr) cookies.keep_random_secret(before->cookies);
  auto chaos = read_chaos(map["chaos"]);
  const auto rate_limit = read_rate_limit(map["rate-limit"], true);
  map.close();
  std::optional<Reload> reload;
  if (before != nullptr) reload.emplace(Reload{before->zones});
  std::vector<ServedZone> zones;
  std::set<std::string> names;
  for (const auto& entry : entries) {
    auto zone = ZoneSettings(entry, reload ? &*reload : nullptr).read(names);
    if (zone) zones.push_back(std::move(*zone));
  }
  if (reload) tell(section, *reload, names);
  ZoneTable table(std::move(zones));
  auto example = example_of(table);
  return {std::move(table), std::move(example), std::move(nsid), std::move(cookies), std::move(chaos), rate_limit};
}

}  // namespace thence::dns
