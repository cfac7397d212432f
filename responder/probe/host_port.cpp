#include "responder/probe/host_port.hpp"

#include "config/host_port.hpp"
#include "responder/host/host_interfaces.hpp"
#include "responder/probe/failure.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace thence::probe {

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t longest_name = 254;  // RFC 1035 §2.3.4, in presentation format with the trailing dot

[[noreturn]] void fail(std::string_view text, const std::string& why) {
  throw Failure(Status::usage, "'" + std::string(text) + "': " + why);
}

/// @return 0 when the text is not a number
unsigned read_index(std::string_view digits) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error != std::errc() || end != digits.data() + digits.size() ? 0 : number;
}

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > longest_name || host.front() == '.') return false;
  const bool dotted = host.find("..") != std::string_view::npos;
  const auto fits = [](unsigned char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') ||
           each == '-' || each == '_' || each == '.' || each >= 0x80;
  };
  return !dotted && std::all_of(host.begin(), host.end(), fits);
}

}  // namespace

std::optional<ip::address> read_literal(const std::string& text) {
  const auto percent = text.find('%');
  boost::system::error_code error;
  const auto address = ip::make_address(text.substr(0, percent), error);
  if (error || (percent != std::string::npos && address.is_v4())) return {};
  if (percent == std::string::npos) return address;
  const auto interface = text.substr(percent + 1);
  const auto named = interface_index(interface);
  const auto scope = named != 0 ? named : read_index(interface);
  if (scope == 0) fail(text, "there is no interface '" + interface + "'");
  return ip::address_v6(address.to_v6().to_bytes(), scope);
}

HostPort read_host_port(std::string_view text) {
  HostPort read;
  bool bracketed = false;
  try {
    const auto parts = config::split_host_port(text);
    read.host = parts.host;
    read.port = parts.port;
    bracketed = parts.bracketed;
  } catch (const std::invalid_argument& mistake) {
    fail(text, mistake.what());
  }
  read.literal = read_literal(read.host);
  if (bracketed && (!read.literal || read.literal->is_v4())) fail(text, "only an IPv6 address may be in brackets");
  if (!read.literal && !is_name(read.host))
    fail(text, "is neither an address nor a name; an IPv6 address with a port is [ADDRESS]:PORT");
  return read;
}

}  // namespace thence::probe
