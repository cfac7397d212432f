#include "protocols/dns/text/zone_file.hpp"

#include "protocols/dns/text/generate.hpp"
#include "protocols/dns/text/words.hpp"
#include "protocols/dns/text/zone_entries.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace thence::dns {

namespace {

std::string describe(ZoneEntries::Next mistake) {
  switch (mistake) {
    case ZoneEntries::Next::unclosed_parenthesis:
      return "a parenthesis is never closed; allowed: ( with a ) after it";
    case ZoneEntries::Next::unopened_parenthesis:
      return "a parenthesis was never opened; allowed: ( before the )";
    case ZoneEntries::Next::too_long:
      return "longer than " + std::to_string(ZoneEntries::longest) + " octets; allowed: a shorter entry";
    default:
      return "a quote is not closed on its line; allowed: \" around a text";
  }
}

/// A regular file, open for reading.
class OpenFile {
 public:
  /// @return nothing if it cannot be opened; errno says why, and is 0 if it is not a regular file
  static std::optional<OpenFile> open(const std::filesystem::path& path) {
    OpenFile file;
    // Merely opening a device or a pipe may have side effects or block.
    if (::stat(path.c_str(), &file.status_) != 0 || !is_regular(file.status_)) return std::nullopt;
    file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file.descriptor_ < 0 || ::fstat(file.descriptor_, &file.status_) != 0) return std::nullopt;
    return is_regular(file.status_) ? std::optional(std::move(file)) : std::nullopt;
  }

  OpenFile(OpenFile&& other) noexcept : status_(other.status_), descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  int descriptor() const noexcept { return descriptor_; }
  const struct stat& status() const noexcept { return status_; }

 private:
  OpenFile() = default;

  static bool is_regular(const struct stat& status) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : 0;
    return S_ISREG(status.st_mode);
  }

  struct stat status_ {};
  int descriptor_ = -1;
};

std::string reason(int error) { return error == 0 ? "Not a regular file" : std::strerror(error); }

/// A file name from a word of a directive, with or without quotes.
std::filesystem::path file_name(std::string_view word) {
  std::string name;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '"') continue;
    if (word[i] == '\\' && i + 1 < word.size()) ++i;
    name += word[i];
  }
  return name;
}

/// Reads a zone with the files that it includes.
class ZoneReading {
 public:
  ZoneReading(const Name& apex, const ZoneFileReader& reader, std::uint64_t generated)
      : reader_(reader), records_(apex), most_generated_(generated), may_generate_(generated) {}

  void read_text(std::string_view text) {
    ZoneEntries entries(text);
    read(entries, {});
  }

  /// @return what was read, or why it was not
  ZoneFiles read_zone_file(const std::filesystem::path& path) {
    ZoneFiles read;
    const auto file = OpenFile::open(path);
    if (!file) read.unreadable = reason(errno);
    const auto number = remember(path, file);
    if (file) read_file(path, number, *file);
    read.files = std::move(files_);
    return read;
  }

 private:
  /// A source of entries.
  struct Source {
    std::uint32_t number = 0;
    std::filesystem::path path;  ///< empty for a text
    dev_t device = 0;
    ino_t inode = 0;
  };

  void read_file(const std::filesystem::path& path, std::uint32_t number, const OpenFile& file) {
    open_.push_back({number, path, file.status().st_dev, file.status().st_ino});
    ZoneEntries entries(file.descriptor(), reader_.stop);
    const Source source = open_.back();
    read(entries, source);
    open_.pop_back();
  }

  bool is_open(const OpenFile& file) const {
    return std::ranges::any_of(open_, [&](const Source& each) {
      return each.device == file.status().st_dev && each.inode == file.status().st_ino;
    });
  }

  void read(ZoneEntries& entries, const Source& source) {
    ZoneEntry entry;
    for (auto next = entries.next(entry); next != ZoneEntries::Next::end; next = entries.next(entry)) {
      if (next == ZoneEntries::Next::unreadable) {
        reader_.wrong(source.number, entry.line,
                      "reading the file failed: " + reason(entries.error()) + "; allowed: a zone file");
        return;
      }
      std::optional<std::string> problem;
      if (next != ZoneEntries::Next::entry) {
        problem = describe(next);
      } else if (entry.text.front() == '$') {
        problem = read_directive(entry, source);
      } else {
        problem = read_record(entry.text, entry.line, source);
      }
      if (problem) reader_.wrong(source.number, entry.line, *problem);
    }
  }

  std::optional<std::string> read_record(std::string_view text, std::uint32_t line, const Source& source) {
    auto problem = records_.read(text, record_);
    if (!problem) reader_.record(source.number, line, record_);
    return problem;
  }

  /// @return nothing, or what is wrong; likewise below
  std::optional<std::string> read_directive(const ZoneEntry& entry, const Source& source) {
    auto arguments = entry.text;
    std::string name(take_word(arguments));
    std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::toupper(letter); });
    if (name == "$ORIGIN") return read_origin(arguments);
    if (name == "$TTL") return read_default_ttl(arguments);
    if (name == "$INCLUDE") return include(arguments, source);
    if (name == "$GENERATE") return generate(arguments, entry.line, source);
    return name.substr(0, 80) + " is not a directive; allowed: $ORIGIN, $TTL, $INCLUDE and $GENERATE";
  }

  std::optional<std::string> read_origin(std::string_view arguments) {
    const auto origin = take_origin(arguments);
    if (!origin) return "no domain name after $ORIGIN; allowed: $ORIGIN NAME";
    if (!arguments.empty()) return "more than one word after $ORIGIN; allowed: one";
    records_.set_origin(*origin);
    return {};
  }

  std::optional<Name> take_origin(std::string_view& arguments) const {
    const auto word = take_word(arguments);
    return word.empty() ? std::nullopt : Name::parse(word, records_.origin());
  }

  std::optional<std::string> read_default_ttl(std::string_view arguments) {
    const auto ttl = parse_ttl(take_word(arguments));
    if (!ttl) return "no TTL after $TTL; allowed: 0 to 2147483647 seconds, or as in 1h30m";
    if (!arguments.empty()) return "more than one word after $TTL; allowed: one";
    records_.set_default_ttl(*ttl);
    return {};
  }

  std::optional<std::string> include(std::string_view arguments, const Source& source) {
    const auto name = file_name(take_word(arguments));
    if (name.empty()) return "no file name after $INCLUDE; allowed: $INCLUDE FILE [ORIGIN]";
    const auto outer_origin = records_.origin();
    const auto origin = arguments.empty() ? outer_origin : take_origin(arguments);
    if (!origin) return "no domain name after the file of $INCLUDE; allowed: $INCLUDE FILE [ORIGIN]";
    if (!arguments.empty()) return "more than two words after $INCLUDE; allowed: $INCLUDE FILE [ORIGIN]";
    if (source.path.empty()) return "$INCLUDE in a text that is no file; allowed: $ORIGIN, $TTL and $GENERATE";
    if (open_.size() > most_included_deep) {
      return "files that include each other more than " + std::to_string(most_included_deep) +
             " deep; allowed: fewer, and none that includes itself";
    }
    if (included_ == most_included) {
      return "more than " + std::to_string(most_included) + " $INCLUDE in a zone; allowed: fewer";
    }
    ++included_;
    const auto path = source.path.parent_path() / name;
    const auto file = OpenFile::open(path);
    const auto error = errno;
    const auto number = remember(path, file);
    if (!file) return "'" + path.string() + "' cannot be read: " + reason(error) + "; allowed: a zone file";
    if (is_open(*file)) {
      return "'" + path.string() + "' includes itself, directly or through others; allowed: a file that does not";
    }

    // Afterwards the origin is again that of the including file (RFC 1035 §5.1), and so is the owner for records
    // without one, as in BIND and Knot. A TTL set by the included file stays in effect, as in BIND and NSD: RFC 1035
    // mentions only the origin, and $TTL is for all records that follow (RFC 2308 §4). Knot restores it.
    const auto outer_owner = records_.last_owner();
    records_.set_origin(*origin);
    read_file(path, number, *file);
    records_.set_origin(outer_origin);
    records_.set_last_owner(outer_owner);
    return {};
  }

  std::optional<std::string> generate(std::string_view arguments, std::uint32_t line, const Source& source) {
    const auto parsed = Generate::parse(arguments);
    if (const auto* const problem = std::get_if<std::string>(&parsed)) return *problem;
    const auto& directive = std::get<Generate>(parsed);
    if (directive.count() > may_generate_) {
      return "more than " + std::to_string(most_generated_) + " records of $GENERATE in a zone; allowed: fewer";
    }
    may_generate_ -= directive.count();
    for (std::uint64_t i = 0; i < directive.count() && !reader_.stop.stop_requested(); ++i) {
      // The following ones are likely to have the same error.
      if (auto problem = read_record(directive.line(i), line, source)) return problem;
    }
    return {};
  }

  /// @return the number of the file
  std::uint32_t remember(const std::filesystem::path& path, const std::optional<OpenFile>& file) {
    const auto [known, is_new] = numbers_.try_emplace(path.native(), static_cast<std::uint32_t>(files_.size()));
    if (is_new) {
      files_.push_back(file ? FileStamp::of(path, file->status()) : FileStamp{.file = path});
      if (reader_.file) reader_.file(known->second, path);
    }
    return known->second;
  }

  const ZoneFileReader& reader_;
  RecordText records_;
  Record record_;
  std::vector<FileStamp> files_;
  std::map<std::string, std::uint32_t> numbers_;  ///< file numbers, by path
  std::vector<Source> open_;                      ///< the current file is the last one
  std::size_t included_ = 0;
  const std::uint64_t most_generated_;
  std::uint64_t may_generate_;  ///< records still allowed from $GENERATE
};

}  // namespace

ZoneFiles read_zone_file(const std::filesystem::path& file, const Name& apex, const ZoneFileReader& reader) {
  return ZoneReading(apex, reader, most_generated).read_zone_file(file);
}

void read_zone_text(std::string_view text, const Name& apex, const ZoneFileReader& reader, std::uint64_t generated) {
  ZoneReading(apex, reader, generated).read_text(text);
}

std::optional<std::string> read_record(std::string_view text, const Name& apex, Record& record) {
  ZoneEntries entries(text);
  ZoneEntry entry;
  const auto first = entries.next(entry);
  if (first != ZoneEntries::Next::entry && first != ZoneEntries::Next::end) return describe(first);
  if (entry.text.starts_with('$')) return "a directive stands here; allowed: a record";
  auto problem = RecordText(apex).read(entry.text, record);
  if (!problem && entries.next(entry) != ZoneEntries::Next::end) return "more than one record; allowed: one";
  return problem;
}

}  // namespace thence::dns
