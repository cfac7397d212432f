#include "protocols/dns/settings/zone_settings.hpp"

#include "protocols/dns/settings/dynamic_settings.hpp"
#include "protocols/dns/text/record_text.hpp"
#include "protocols/dns/text/zone_file.hpp"
#include "protocols/dns/zone/zone_builder.hpp"

#include <algorithm>
#include <chrono>

namespace thence::dns {

namespace {

using config::Cursor;
using config::Severity;

/// Enough to see what is wrong; a file that is no zone file at all would fill the terminal.
constexpr std::size_t most_mistakes = 100;

/// File systems have timestamps with a granularity of up to two seconds, within which two changes look like one.
constexpr std::chrono::seconds stamp_step(2);

/// @return nothing if there is no text, which the cursor has then reported
std::optional<std::string> text_at(const Cursor& at) {
  auto text = at.string();
  return text.empty() && !at.is("") ? std::nullopt : std::optional(std::move(text));
}

bool all_settled(const std::vector<FileStamp>& files, std::chrono::system_clock::time_point when_read) {
  const auto latest = std::chrono::nanoseconds((when_read - stamp_step).time_since_epoch()).count();
  return std::ranges::all_of(files, [&](const FileStamp& each) { return each.modified < latest; });
}

/// Whether a zone made from `before` can serve for `now`, whose files are not known yet.
bool is_unchanged(const ZoneSource& before, const ZoneSource& now, const std::filesystem::path& file) {
  const bool same_file = before.files.empty() ? file.empty() : before.files.front().file == file;
  return same_file && before.settled && before.records == now.records && before.dynamic == now.dynamic &&
         before.reverse == now.reverse &&
         std::ranges::all_of(before.files, [](const FileStamp& each) { return FileStamp::of(each.file) == each; });
}

std::string wire_text(const Name& name) { return {name.wire().begin(), name.wire().end()}; }

}  // namespace

ZonesBefore::ZonesBefore(const std::vector<LoadedZone>& zones) {
  for (const auto& each : zones) zones_.try_emplace({each.view, wire_text(each.apex)}, &each);
}

const LoadedZone* ZonesBefore::find(const std::string& view, const Name& apex) {
  const auto found = zones_.find({view, wire_text(apex)});
  if (found == zones_.end()) return nullptr;
  ++kept_;
  return found->second;
}

void ZonesBefore::tell(const Cursor& section) const {
  section.with(Severity::note)
      .wrong("zones: " + std::to_string(read) + " read anew, " + std::to_string(unchanged) + " unchanged, " +
             std::to_string(refused) + " refused, " + std::to_string(zones_.size() - kept_) + " gone");
}

ZoneSettings::ZoneSettings(const Cursor& at, std::string view, ZonesBefore* before)
    : at_(before == nullptr ? at : at.with(Severity::partial)), view_(std::move(view)), before_(before) {
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
  read_name();
}

void ZoneSettings::read_name() {
  const auto name = text_at(*name_at_);
  if (!name) return;
  if (*name != "@") apex_ = Name::parse(*name, Name());
  if (!apex_) name_at_->wrong("'" + *name + "' is not a domain name; allowed: such as example.com");
}

bool ZoneSettings::extend(const ZoneSettings& other) {
  if (!records_.empty() || file_at_->present()) return false;
  records_ = other.records_;
  file_at_ = other.file_at_;
  file_ = other.file_;
  source_.records = other.source_.records;
  for (std::size_t i = 0; i < other.dynamic_.size(); ++i) {
    const auto& named = other.source_.dynamic[i];
    const auto is_same = [&](const auto& each) {
      return Name::parse(each.first, *apex_) == Name::parse(named.first, *apex_);
    };
    if (std::ranges::any_of(source_.dynamic, is_same)) continue;
    source_.dynamic.push_back(named);
    dynamic_.push_back(other.dynamic_[i]);
  }
  if (!source_.reverse) {
    source_.reverse = other.source_.reverse;
    reverse_at_ = other.reverse_at_;
  }
  flawed_ = flawed_ || other.flawed_;
  return true;
}

std::optional<LoadedZone> ZoneSettings::read(Apexes& apexes) {
  if (!apex_) return std::nullopt;
  const Name& apex = *apex_;
  if (at_.stop().stop_requested()) return LoadedZone{view_, apex, nullptr, {}};
  if (!apexes.insert(wire_text(apex)).second) {
    name_at_->wrong("a second zone " + apex.text() + "; allowed: each zone once");
  }
  const auto* const old = before_ == nullptr ? nullptr : before_->find(view_, apex);
  if (old != nullptr && old->zone && !flawed_ && is_unchanged(old->source, source_, file_)) {
    ++before_->unchanged;
    return *old;
  }
  auto zone = make();
  if (before_ == nullptr) return LoadedZone{view_, apex, std::move(zone), source_};
  const auto name = apex.text() + (view_.empty() ? "" : " of view " + view_);
  if (zone) {
    ++before_->read;
    at_.with(Severity::note).wrong(name + " is read anew: serial " + std::to_string(zone->serial()));
    return LoadedZone{view_, apex, std::move(zone), source_};
  }
  ++before_->refused;
  if (old != nullptr && old->zone) {
    at_.wrong(name + " stays as it was: serial " + std::to_string(old->zone->serial()));
    return *old;
  }
  at_.wrong(name + " has no data and is answered with SERVFAIL; allowed: a zone without mistakes");
  return LoadedZone{view_, apex, nullptr, {}};
}

/// @return nullptr on errors, which are reported
std::shared_ptr<const Zone> ZoneSettings::make() {
  if (records_.empty() && !file_at_->present()) {
    at_.wrong("a zone without data; allowed: records, file, or both");
    return nullptr;
  }
  // Errors that involve a zone file leave out only its zone, even those that conflict with the configuration.
  const auto of_content = file_.empty() ? at_.severity() : Severity::partial;
  ZoneBuilder builder(*apex_, [&](Place place, Gravity gravity, std::string message) {
    wrong(place, gravity == Gravity::warning ? Severity::warning : of_content, std::move(message));
  });
  add_records(builder);
  add_file(builder);
  add_dynamic(builder);
  if (source_.reverse) builder.set_reverse(*source_.reverse, {in_reverse, 0});
  if (at_.stop().stop_requested()) return nullptr;
  auto zone = std::move(builder).build();
  tell();
  return zone && !flawed_ ? std::make_shared<const Zone>(std::move(*zone)) : nullptr;
}

void ZoneSettings::add_records(ZoneBuilder& builder) {
  for (std::uint32_t i = 0; i < records_.size(); ++i) {
    // The cursor has reported any other.
    if (!records_[i].is(source_.records[i])) continue;
    Record record;
    if (const auto problem = read_record(source_.records[i], *apex_, record)) {
      wrong({in_records, i}, at_.severity(), *problem);
    } else {
      builder.add(record, {in_records, i});
    }
  }
}

void ZoneSettings::add_file(ZoneBuilder& builder) {
  if (file_.empty() || file_at_->is("")) return;
  const auto now = std::chrono::system_clock::now();
  auto read = read_zone_file(file_, *apex_,
                             {.record =
                                  [&](std::uint32_t file, std::uint32_t line, const Record& record) {
                                    builder.add(record, {in_files + file, line});
                                  },
                              .wrong =
                                  [&](std::uint32_t file, std::uint32_t line, std::string message) {
                                    wrong({in_files + file, line}, Severity::partial, std::move(message));
                                  },
                              .stop = at_.stop()});
  if (read.unreadable) {
    // If the file is missing, the other zones are still served.
    const auto at = file_at_->with(std::min(file_at_->severity(), Severity::partial));
    at.wrong("'" + file_.string() + "' cannot be read: " + *read.unreadable + "; allowed: a zone file");
    flawed_ = true;
  }
  source_.files = std::move(read.files);
  source_.settled = all_settled(source_.files, now);
}

void ZoneSettings::add_dynamic(ZoneBuilder& builder) {
  for (std::uint32_t i = 0; i < dynamic_.size(); ++i) {
    const auto& [owner, dynamic] = source_.dynamic[i];
    if (const auto name = Name::parse(owner, *apex_)) {
      builder.add_dynamic(*name, dynamic, {in_dynamic, i});
    } else {
      wrong({in_dynamic, i}, at_.severity(),
            "'" + owner + "' is not a domain name; allowed: a name within " + apex_->text());
    }
  }
}

void ZoneSettings::wrong(Place place, Severity severity, std::string message) {
  // What the zone seems to lack may be in a record with an error.
  if (place.file == whole_zone && flawed_) return;
  flawed_ = flawed_ || severity > Severity::warning;
  // Warnings must not crowd out the error that leaves out the zone.
  auto& told = severity == Severity::warning ? warnings_ : errors_;
  if (told == most_mistakes) return;
  if (++told == most_mistakes) {
    message = "so many mistakes that the other ones of this zone are left out; allowed: a zone (RFC 1035 §5)";
  }
  mistakes_.push_back({place, severity, config::shortened(std::move(message))});
}

void ZoneSettings::tell() {
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

}  // namespace thence::dns
