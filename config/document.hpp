#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

namespace YAML {
class Node;
}

namespace thence::config {

/// A line or column as people count them, from the library's, which are -1 if unknown. @return from 1; 0: unknown
constexpr int from_one(int zero_based) noexcept { return zero_based < 0 ? 0 : zero_based + 1; }

/// One YAML file in memory.
struct Document {
  std::string name;  ///< as the user named it, for messages; relative file names are resolved against its folder
  std::shared_ptr<const YAML::Node> root;
  /// Asks to give up reading what the document names, such as zone files: the result will not be used.
  std::stop_token stop = {};

  /// The longest text.
  static constexpr std::size_t most_octets = std::size_t{16} << 20U;
  /// The most keys, values, lists and mappings. What an alias stands for counts each time, as it is read each time.
  static constexpr std::size_t most_nodes = 1'000'000;

  /// @throws Invalid when the text is not YAML, has anything but comments behind its one value, or exceeds a bound
  static Document parse(std::string name, const std::string& text);

  enum class Source : std::uint8_t {
    any,      ///< also a pipe, which is waited for, or a device
    regular,  ///< only a file that can be read again and does not block
  };
  /// Reads a file once.
  /// @throws Invalid as parse(), and when the file cannot be read or is blank: so does a write that was cut off leave
  /// it
  static Document load(const std::filesystem::path& file, Source source = Source::any);
};

}  // namespace thence::config
