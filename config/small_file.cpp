#include "config/small_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

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
  std::ifstream stream(file, std::ios::binary);
  std::string text(most + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (!stream.is_open() || stream.bad()) {
    at.wrong("'" + file.string() + "' cannot be read: " + std::strerror(errno) + "; allowed: a " + named);
    return std::nullopt;
  }
  if (text.size() > most) {
    at.problems().add(
        {file.string(), 0, 0, "", "is no " + named + "; allowed: at most " + size_text(most), at.severity()});
    return std::nullopt;
  }
  return text;
}

}  // namespace thence::config
