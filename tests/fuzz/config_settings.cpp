#include "config/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

/// Any text is settings or a list of mistakes, each with a place in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace thence::config;
  const std::string text(reinterpret_cast<const char*>(data), size);
  Problems problems;
  try {
    const auto document = Document::parse("f", text);
    const auto defaults = Document::parse("d", "listeners: [{port: 53, protocols: [dns]}]");
    Configuration configuration(document, defaults, problems);
    const auto settings = configuration.settings({"dns", "stun"});
    configuration.close();
    if (!problems.empty()) throw Invalid(problems);
    for (const auto& listener : settings.listeners) {
      if (listener.port == 0 || listener.protocols.empty()) __builtin_trap();
    }
  } catch (const Invalid& invalid) {
    if (std::string(invalid.what()).rfind("f:", 0) != 0) __builtin_trap();
  }
  return 0;
}
