#include "config/settings.hpp"

#include "config/address.hpp"
#include "config/host_port.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace thence::config {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kibibyte = 1024;
constexpr std::size_t mebibyte = 1024 * kibibyte;

enum class Families : std::uint8_t { ipv4, ipv6 };

template <typename Value>
bool contains(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// Reads the name of an interface, which need not exist yet.
std::string read_device(const Cursor& at) {
  constexpr std::size_t longest = 15;  // IFNAMSIZ, without the terminator
  auto name = at.string();
  const bool is_name = !name.empty() && name.size() <= longest && name != "." && name != ".." &&
                       std::ranges::none_of(name, [](char each) {
                         const auto octet = static_cast<unsigned char>(each);
                         return octet <= ' ' || octet == 0x7f || each == '/' || each == ':';
                       });
  if (!is_name) at.wrong("is no interface's name; allowed: the name of one interface or VRF, such as eth1");
  return name;
}

Listener read_listener(const Cursor& at, const std::vector<std::string_view>& protocols) {
  auto map = at.map();
  Listener listener;
  listener.port = map["port"].port();
  listener.protocols = map["protocols"].words(protocols);

  listener.transports = read_transports(map["transports"]);

  const auto at_families = map["families"];
  const auto families = at_families.choices<Families>({{"ipv4", Families::ipv4}, {"ipv6", Families::ipv6}},
                                                      {Families::ipv4, Families::ipv6});
  listener.ipv4 = contains(families, Families::ipv4);
  listener.ipv6 = contains(families, Families::ipv6);

  listener.interfaces = map["interfaces"].interfaces();
  listener.addresses = map["addresses"].prefixes();
  if (const auto at_device = map["device"]; at_device.present()) listener.device = read_device(at_device);
  listener.bind = map["bind"].choice<Bind>(
      {{"wildcard", Bind::wildcard}, {"addresses", Bind::addresses}, {"dual-stack", Bind::dual_stack}}, Bind::wildcard);
  if (listener.bind == Bind::dual_stack && !(listener.ipv4 && listener.ipv6)) {
    at_families.wrong("a dual-stack socket serves both families; allowed: [ipv4, ipv6], or bind: wildcard");
  }
  listener.egress =
      map["egress"].choice<Egress>({{"route", Egress::route}, {"arrival", Egress::arrival}}, Egress::route);
  listener.transparent = map["transparent"].boolean(false);
  listener.broadcast = map["broadcast"].boolean(false);
  // A socket bound to an address receives only what is sent to that address.
  if (listener.bind == Bind::addresses && listener.transparent) {
    map["transparent"].wrong("needs a wildcard socket; allowed: bind: wildcard or dual-stack, or transparent: false");
  }
  if (listener.bind == Bind::addresses && listener.broadcast) {
    map["broadcast"].wrong("needs a wildcard socket; allowed: bind: wildcard or dual-stack, or broadcast: false");
  }
  const auto proxy = map["proxy"];
  listener.proxies = proxy.prefixes();
  // Anybody may send a datagram with a proxy's address; where it arrives is harder to forge.
  if (proxy.present() && listener.transports.contains(Transport::udp) && !map["interfaces"].present()) {
    proxy.wrong(
        "the source of a datagram can be forged; allowed: together with the interfaces that the proxies are behind, "
        "or transports: [tcp]");
  }
  map.close();
  return listener;
}

std::vector<Listener> read_listeners(const Cursor& at, const std::vector<std::string_view>& protocols) {
  std::vector<Listener> listeners;
  const auto elements = at.list();
  if (elements.empty() && at.is_list()) at.wrong("no listener; allowed: a list with at least one");
  for (const auto& element : elements) {
    const auto listener = read_listener(element, protocols);
    for (std::size_t i = 0; i < listeners.size() && listener.port != 0; ++i) {
      if (overlap(listeners[i], listener)) {
        element.wrong("port " + std::to_string(listener.port) + " is served by listeners[" + std::to_string(i) +
                      "] too; allowed: one listener with both protocols, or different transports, families or " +
                      "devices");
        break;
      }
    }
    listeners.push_back(listener);
  }
  return listeners;
}

std::optional<unsigned> read_workers(const Cursor& at) {
  if (!at.present() || at.is("auto")) return std::nullopt;
  return static_cast<unsigned>(at.number(1, 256, {}, "auto, or "));
}

TcpLimits read_tcp(const Cursor& at) {
  TcpLimits limits;
  auto map = at.map();
  limits.idle = map["idle"].duration(100ms, 1h, limits.idle);
  limits.connections = map["connections"].number(1, 1'000'000, limits.connections);
  limits.connections_per_client = map["connections-per-client"].number(1, 1'000'000, limits.connections_per_client);
  limits.unsent = map["unsent"].size(kibibyte, 16 * mebibyte, limits.unsent);
  map.close();
  return limits;
}

AdvertisedAddresses read_advertised(const Cursor& at) {
  AdvertisedAddresses advertised;
  std::set<boost::asio::ip::address> taken;
  for (const auto& [name, key, value] : at.entries()) {
    const auto local = key.address();
    const auto known_as = value.address();
    if (!local || !known_as) continue;
    if (local->is_v4() != known_as->is_v4()) {
      value.wrong("is of another family than " + name + "; allowed: the address by which the world knows it");
    }
    if (!taken.insert(*known_as).second) {
      value.wrong("is what the world calls another one already; allowed: for each address another one");
    }
    if (!advertised.emplace(*local, *known_as).second)
      key.wrong("stands here a second time; each address at most once");
  }
  return advertised;
}

/// Reads `127.0.0.1:9553` or `[::1]:9553`. @return nothing if the text is no such transport address
std::optional<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text) {
  try {
    const auto [host, port, bracketed] = split_host_port(text);
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(host), error);
    if (error || !port || address.is_v6() != bracketed) return std::nullopt;
    if (address.is_multicast() || is_v4_mapped(address)) return std::nullopt;
    return boost::asio::ip::tcp::endpoint(address, *port);
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

std::optional<boost::asio::ip::tcp::endpoint> read_admin_listen(const Cursor& at, bool may_be_public) {
  if (at.is("off")) return std::nullopt;
  const auto mistakes = at.problems().count();
  auto endpoint = parse_endpoint(at.string());
  if (at.problems().count() != mistakes) return std::nullopt;
  if (!endpoint) {
    at.wrong("is no address with a port; allowed: one such as 127.0.0.1:9553 or '[::1]:9553', or off");
  } else if (!may_be_public && scope_of(endpoint->address()) == Scope::global) {
    at.wrong(
        "is publicly reachable; allowed: a loopback, private or link-local one, or public: true "
        "beside it");
  } else if (is_link_local(endpoint->address()) && endpoint->address().to_v6().scope_id() == 0) {
    at.wrong("is a link-local address without an existing interface; allowed: one such as '[fe80::1%eth0]:9553'");
  }
  return endpoint;
}

Log read_log(const Cursor& at) {
  Log log;
  auto map = at.map();
  log.level = map["level"].choice<LogLevel>({{"debug", LogLevel::debug},
                                             {"info", LogLevel::info},
                                             {"warning", LogLevel::warning},
                                             {"error", LogLevel::error}},
                                            log.level);
  log.format = map["format"].choice<LogFormat>({{"text", LogFormat::text}, {"json", LogFormat::json}}, log.format);
  map.close();
  return log;
}

}  // namespace

Transports read_transports(const Cursor& at) {
  if (!at.present()) return Transports::all();
  std::vector<std::string_view> names;
  names.reserve(all_transports.size());
  for (const auto each : all_transports) names.push_back(name(each));
  Transports transports;
  for (const auto& word : at.words(names)) {
    for (const auto each : all_transports) {
      if (word == name(each)) transports.insert(each);
    }
  }
  return transports.empty() ? Transports::all() : transports;
}

bool overlap(const Listener& a, const Listener& b) noexcept {
  // A socket without a device takes some of the requests that are for one with it.
  const bool apart = !a.device.empty() && !b.device.empty() && a.device != b.device;
  return a.port == b.port && !apart && !(a.transports & b.transports).empty() &&
         ((a.ipv4 && b.ipv4) || (a.ipv6 && b.ipv6));
}

Configuration::Configuration(const Document& file, const Document& defaults, Problems& problems)
    : file_(Cursor(file, problems).map()), defaults_(Cursor(defaults, problems).map()) {}

Cursor Configuration::section(std::string_view key) {
  auto from_file = file_[key];
  return from_file.present() ? from_file : defaults_[key];
}

Admin Configuration::admin() {
  auto from_file = file_["admin"].map();
  auto from_defaults = defaults_["admin"].map();
  const auto given = from_file["listen"];
  const bool may_be_public = from_file["public"].boolean(false);
  from_file.close();
  const auto& listen = given.present() ? given : from_defaults["listen"];
  if (!listen.present()) return {};
  return {read_admin_listen(listen, may_be_public)};
}

Settings Configuration::settings(const std::vector<std::string_view>& protocols) {
  Settings settings;
  settings.listeners = read_listeners(section("listeners"), protocols);
  settings.workers = read_workers(section("workers"));
  if (const auto user = section("user"); user.present()) settings.user = user.string();
  settings.drain = section("drain").duration(0ms, 1h, settings.drain);
  settings.tcp = read_tcp(section("tcp"));
  settings.advertised = read_advertised(section("advertise"));
  settings.admin = admin();
  settings.log = read_log(section("log"));
  return settings;
}

}  // namespace thence::config
