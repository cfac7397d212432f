#pragma once

#include "config/reader.hpp"
#include "protocols/dns/settings/zone_source.hpp"
#include "protocols/dns/zone/node_writer.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace thence::dns {

class ZoneBuilder;

/// The apexes of the zones that were told already, in wire form.
using Apexes = std::set<std::string>;

/// The zones of the settings before, and what becomes of them.
class ZonesBefore {
 public:
  explicit ZonesBefore(const std::vector<LoadedZone>& zones);

  /// A zone that stands in the settings again.
  /// @param view as of LoadedZone
  /// @return nullptr where there was none
  const LoadedZone* find(const std::string& view, const Name& apex);
  /// Says how many zones there were of each kind.
  void tell(const config::Cursor& section) const;

  std::size_t read = 0;
  std::size_t unchanged = 0;
  std::size_t refused = 0;

 private:
  std::map<std::pair<std::string, std::string>, const LoadedZone*> zones_;
  std::size_t kept_ = 0;
};

/// An entry of `zones:`. Mistakes go to the cursor's problems, all of them; those in the content of a zone file leave
/// out that zone alone.
class ZoneSettings {
 public:
  /// @param view name of the view that it stands in; empty: none
  /// @param before nullptr at the start
  ZoneSettings(const config::Cursor& at, std::string view, ZonesBefore* before);

  /// Where there is neither a file nor a record, those of another entry are taken, and its dynamic names where there
  /// are none of that name. Before read().
  /// @return whether that is so
  bool extend(const ZoneSettings& other);

  /// The name, if it has one that can be read.
  const std::optional<Name>& apex() const noexcept { return apex_; }

  /// Makes the zone.
  /// @param apexes of the entries before
  /// @return nothing where it has no name of its own, which is a mistake of the whole section
  std::optional<LoadedZone> read(Apexes& apexes);

 private:
  /// Where something stands: `line` is the number of the record or of the dynamic name, or the line of the file.
  enum Where : std::uint32_t { whole_zone, in_records, in_dynamic, in_reverse, in_files };

  struct Mistake {
    Place place;
    config::Severity severity;
    std::string message;
  };

  void read_name();
  std::shared_ptr<const Zone> make();
  void add_records(ZoneBuilder& builder);
  void add_file(ZoneBuilder& builder);
  void add_dynamic(ZoneBuilder& builder);
  void wrong(Place place, config::Severity severity, std::string message);
  void tell();

  config::Cursor at_;
  std::string view_;
  ZonesBefore* before_;
  std::optional<config::Cursor> name_at_;
  std::optional<config::Cursor> file_at_;
  std::optional<config::Cursor> reverse_at_;
  std::vector<config::Cursor> records_;
  std::vector<config::Cursor> dynamic_;
  std::optional<Name> apex_;
  std::filesystem::path file_;
  ZoneSource source_;
  bool flawed_ = false;
  std::vector<Mistake> mistakes_;
  std::size_t warnings_ = 0;
  std::size_t errors_ = 0;
};

}  // namespace thence::dns
