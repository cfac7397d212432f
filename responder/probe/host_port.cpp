#include "responder/probe/host_port.hpp"

#include "responder/host/host_interfaces.hpp"
#include "responder/probe/failure.hpp"

#include <algorithm>
#include <charconv>

namespace thence::probe {

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t longest_name = 254;  // RFC 1035 §2.3.4 in presentation format, with the last dot

[[noreturn]] void fail(std::string_view text, const std::string& why) {
  throw Failure(Status::usage, "'" + std::string(text) + "': " + why);
}

template <typename Integer>
std::optional<Integer> read_number(std::string_view digits) {
  Integer number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  return number;
}

std::uint16_t read_port(std::string_view whole, std::string_view digits) {
  const auto port = read_number<std::uint16_t>(digits);
  if (!port || *port == 0) fail(whole, "the port is a number from 1 to 65535");
  return *port;
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
  const auto scope = named != 0 ? named : read_number<unsigned>(interface).value_or(0);
  if (scope == 0) fail(text, "there is no interface '" + interface + "'");
  return ip::address_v6(address.to_v6().to_bytes(), scope);
}

HostPort read_host_port(std::string_view text) {
  HostPort read;
  std::string_view host = text;
  bool bracketed = false;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) fail(text, "the bracket is not closed");
    const auto behind = text.substr(close + 1);
    if (!behind.empty() && behind.front() != ':') fail(text, "behind the bracket only :PORT can stand");
    if (!behind.empty()) read.port = read_port(text, behind.substr(1));
    host = text.substr(1, close - 1);
    bracketed = true;
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    read.port = read_port(text, text.substr(colon + 1));
    host = text.substr(0, colon);
  }
  read.host = host;
  read.literal = read_literal(read.host);
  if (bracketed && (!read.literal || read.literal->is_v4())) fail(text, "in brackets stands an IPv6 address");
  if (!read.literal && !is_name(host))
    fail(text, "is neither an address nor a name; an IPv6 address with a port is [ADDRESS]:PORT");
  return read;
}

}  // namespace thence::probe
