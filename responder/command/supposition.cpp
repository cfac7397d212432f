#include "responder/command/supposition.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace thence {

namespace {

using boost::asio::ip::address;

constexpr std::uint16_t some_port = 40000;

std::map<std::string, std::string> read_pairs(const std::string& text) {
  std::map<std::string, std::string> pairs;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    const auto pair = text.substr(start, end - start);
    const auto equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw std::invalid_argument("'" + pair + "' is no KEY=VALUE; allowed: such as local=10.0.0.1,client=10.9.8.7");
    }
    if (!pairs.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
      throw std::invalid_argument(pair.substr(0, equals) + " stands there twice; allowed: each key once");
    }
    start = end + 1;
  }
  return pairs;
}

std::optional<std::string> take(std::map<std::string, std::string>& pairs, const std::string& key) {
  auto found = pairs.extract(key);
  return found.empty() ? std::nullopt : std::optional(std::move(found.mapped()));
}

address take_address(std::map<std::string, std::string>& pairs, const std::string& key) {
  const auto text = take(pairs, key);
  boost::system::error_code error;
  auto read = text ? boost::asio::ip::make_address(*text, error) : address();
  if (!text || error) {
    throw std::invalid_argument(key + (text ? "=" + *text + " is no address" : " is missing") + "; allowed: " + key +
                                "= and an IPv4 or IPv6 address");
  }
  return read;
}

std::optional<std::uint16_t> take_port(std::map<std::string, std::string>& pairs) {
  const auto text = take(pairs, "port");
  if (!text) return std::nullopt;
  std::uint16_t port = 0;
  const char* const end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, port);
  if (error != std::errc{} || rest != end || port == 0) {
    throw std::invalid_argument("port=" + *text + " is no port; allowed: port= and a number from 1 to 65535");
  }
  return port;
}

std::uint32_t index_of(const std::string& name, const address& local, InterfaceTable& interfaces) {
  std::uint32_t unused = 1;
  std::vector<Interface> all;
  for (const auto& each : interfaces) {
    if (each.name == name) return each.index;
    unused = std::max(unused, each.index + 1);
    all.push_back(each);
  }
  const auto bits = static_cast<std::uint8_t>(local.is_v4() ? 32 : 128);
  all.push_back({unused, name, true, {{local, bits}}});
  interfaces = InterfaceTable(std::move(all));
  return unused;
}

std::uint32_t index_of_owner(const address& local, const InterfaceTable& interfaces) {
  for (const auto& each : interfaces) {
    if (std::ranges::count(each.addresses, local, &InterfaceAddress::address) != 0) return each.index;
  }
  return 0;
}

}  // namespace

SupposedRequest read_supposition(const std::string& text, InterfaceTable& interfaces) {
  auto pairs = read_pairs(text);
  SupposedRequest supposed;
  const auto local = take_address(pairs, "local");
  const auto client = take_address(pairs, "client");
  if (local.is_v4() != client.is_v4()) {
    throw std::invalid_argument("local and client are of different families; allowed: both of one");
  }
  const auto port = take_port(pairs);
  supposed.names_port = port.has_value();
  supposed.route = {{client, some_port}, {local, port.value_or(53)}, 0, Transport::udp};
  const auto interface = take(pairs, "interface");
  supposed.names_interface = interface.has_value();
  supposed.route.interface = interface ? index_of(*interface, local, interfaces) : index_of_owner(local, interfaces);
  if (const auto transport = take(pairs, "transport")) {
    const auto known = std::ranges::find(all_transports, *transport, [](auto each) { return name(each); });
    if (known == all_transports.end()) {
      throw std::invalid_argument("transport=" + *transport + " is not known; allowed: udp, tcp");
    }
    supposed.route.transport = *known;
  }
  supposed.details = std::move(pairs);
  return supposed;
}

}  // namespace thence
