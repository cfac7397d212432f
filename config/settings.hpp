#pragma once

#include "config/reader.hpp"
#include "config/transport.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace thence::config {

enum class Bind : std::uint8_t {
  wildcard,    ///< one socket per family, on the wildcard address
  addresses,   ///< one socket per address of the host, following addresses as they come and go
  dual_stack,  ///< one IPv6 socket on `::` that also serves IPv4
};

enum class Egress : std::uint8_t {
  route,    ///< the routing tables and rules choose a reply's interface
  arrival,  ///< a reply leaves by the interface its request arrived on
};

/// One entry of `listeners:`.
struct Listener {
  std::uint16_t port = 0;
  std::vector<std::string> protocols;  ///< names of plugins, at least one
  Transports transports = Transports::all();
  bool ipv4 = true;
  bool ipv6 = true;
  GlobList interfaces;   ///< arrival interfaces that are served
  PrefixList addresses;  ///< local addresses that are served
  std::string device;    ///< the interface or VRF that its sockets are bound to (SO_BINDTODEVICE); empty: none
  Bind bind = Bind::wildcard;
  Egress egress = Egress::route;
  bool transparent = false;  ///< serve addresses that are not configured on the host (AnyIP, TPROXY)
  bool broadcast = false;    ///< answer requests that were sent to broadcast and multicast addresses
  PrefixList proxies;        ///< peers whose PROXY headers are believed, and required

  friend bool operator==(const Listener&, const Listener&) = default;
};

/// Reads a list of transports; an absent list means all of them.
Transports read_transports(const Cursor& at);

/// Whether two listeners would compete for the same requests of a port.
bool overlap(const Listener& a, const Listener& b) noexcept;

/// `tcp:`, bounds on the TCP connections of one worker.
struct TcpLimits {
  std::chrono::milliseconds idle{10'000};   ///< closes a connection without request or accepted reply for this long
  std::size_t connections = 1024;           ///< in all
  std::size_t connections_per_client = 64;  ///< from one IPv4 address or one IPv6 /64
  std::size_t unsent = 128UL * 1024;        ///< octets of unread replies at which reading from the client pauses

  friend bool operator==(const TcpLimits&, const TcpLimits&) = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;

  friend bool operator==(const Log&, const Log&) = default;
};

/// `admin:`, which serves metrics, health and the status page.
struct Admin {
  std::optional<boost::asio::ip::tcp::endpoint> listen;  ///< nothing: off

  friend bool operator==(const Admin&, const Admin&) = default;
};

/// `advertise:`, for 1:1 NAT: from local addresses to public ones of the same family.
using AdvertisedAddresses = std::map<boost::asio::ip::address, boost::asio::ip::address>;

/// The settings that belong to no protocol.
struct Settings {
  std::vector<Listener> listeners;
  std::optional<unsigned> workers;         ///< absent: one per processor
  std::optional<std::string> user;         ///< the user that the server runs as once it has started; absent: no change
  std::chrono::milliseconds drain{5'000};  ///< how long shutdown waits for outstanding answers
  TcpLimits tcp;
  AdvertisedAddresses advertised;
  Admin admin;
  Log log;
};

/// The user's file with the embedded defaults behind it.
class Configuration {
 public:
  /// A top-level key that `file` does not have is taken from `defaults`. Both must outlive the configuration.
  Configuration(const Document& file, const Document& defaults, Problems& problems);

  /// @param protocols the names that `listeners[].protocols` may hold
  Settings settings(const std::vector<std::string_view>& protocols);

  /// The settings of `admin:` only. Keys of it that `file` does not have are taken from `defaults`.
  Admin admin();

  /// A top-level section, for its owner to read.
  Cursor section(std::string_view key);

  /// Reports every top-level key that nobody has asked for as an error.
  void close() const { file_.close(); }

 private:
  Map file_;
  Map defaults_;
};

}  // namespace thence::config
