#include "config/host_port.hpp"

#include <charconv>
#include <stdexcept>
#include <system_error>

namespace thence::config {

namespace {

std::uint16_t read_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end || port == 0) {
    throw std::invalid_argument("the port is a number from 1 to 65535");
  }
  return port;
}

}  // namespace

HostPortText split_host_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) throw std::invalid_argument("the bracket is not closed");
    const auto behind = text.substr(close + 1);
    if (!behind.empty() && behind.front() != ':') {
      throw std::invalid_argument("behind the bracket only :PORT can stand");
    }
    const auto port = behind.empty() ? std::nullopt : std::optional(read_port(behind.substr(1)));
    return {text.substr(1, close - 1), port, true};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon != text.rfind(':')) return {text, std::nullopt};
  return {text.substr(0, colon), read_port(text.substr(colon + 1))};
}

}  // namespace thence::config
