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

/// The apexes of the zones read so far, in wire form.
using Apexes = std::set<std::string>;

/// The zones of the previous settings, and what becomes of them.
class ZonesBefore {
 public:
  explicit ZonesBefore(const std::vector<LoadedZone>& zones);

  /// Looks up the previous version of a zone.
  /// @param view as in LoadedZone
  /// @return nullptr if there was none
  const LoadedZone* find(const std::string& view, const Name& apex);
  /// Reports how many zones there were of each kind.
  void tell(const config::Cursor& section) const;

  std::size_t read = 0;
  std::size_t unchanged = 0;
  std::size_t refused = 0;

 private:
  std::map<std::pair<std::string, std::string>, const LoadedZone*> zones_;
  std::size_t kept_ = 0;
};

/// An entry of `zones:`. All errors go to the cursor's problems; those in the content of a zone file leave out only
/// that zone.
class ZoneSettings {
 public:
  /// @param view name of the view that contains it; empty: none
  /// @param before nullptr at startup
  ZoneSettings(const config::Cursor& at, std::string view, ZonesBefore* before);

  /// An entry with neither file nor records takes those of another entry, and also its dynamic names, except those it
  /// defines itself. Call it before read().
  /// @return whether it did
  bool extend(const ZoneSettings& other);

  /// The name, if it has a valid one.
  const std::optional<Name>& apex() const noexcept { return apex_; }

  /// Makes the zone.
  /// @param apexes of the previous entries
  /// @return nothing if its name is missing or invalid, which is an error of the whole section
  std::optional<LoadedZone> read(Apexes& apexes);

 private:
  /// Where something is: `line` is the number of the record or of the dynamic name, or the line of the file.
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
