#include "config/small_file.hpp"

#include "config/file_text.hpp"

#include <system_error>
#include <utility>

namespace thence::config {

namespace {

std::string size_text(std::size_t octets) {
  constexpr std::size_t kib = 1024;
  constexpr std::size_t mib = 1024 * kib;
  return octets % mib == 0 ? std::to_string(octets / mib) + " MiB" : std::to_string(octets / kib) + " KiB";
}

}  // namespace

std::optional<std::string> read_small_file(const Cursor& at, const std::filesystem::path& file, std::string_view kind,
                                           std::size_t most) {
  const std::string named(kind);
  // Reading any other kind of file may block or never end.
  std::error_code error;
  if (std::filesystem::is_other(file, error)) {
    at.wrong("'" + file.string() + "' is no regular file; allowed: a " + named);
    return std::nullopt;
  }
  auto [text, unreadable] = read_file_text(file, most);
  if (!unreadable.empty()) {
    at.wrong("'" + file.string() + "' cannot be read: " + unreadable + "; allowed: a " + named);
    return std::nullopt;
  }
  if (text.size() > most) {
    at.problems().add(
        {file.string(), 0, 0, "", "is no " + named + "; allowed: at most " + size_text(most), at.severity()});
    return std::nullopt;
  }
  return std::move(text);
}

}  // namespace thence::config
