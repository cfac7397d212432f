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
  wildcard,    ///< a socket per family on its wildcard address
  addresses,   ///< a socket per address of the host, as addresses come and go
  dual_stack,  ///< one IPv6 socket on `::` that serves IPv4 too
};

enum class Egress : std::uint8_t {
  route,    ///< routing tables and rules choose the way out of a reply
  arrival,  ///< a reply leaves by the interface on which its request arrived
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
  Bind bind = Bind::wildcard;
  Egress egress = Egress::route;
  bool transparent = false;  ///< serve addresses that are not configured on the host (AnyIP, TPROXY)
  bool broadcast = false;    ///< answer requests that were sent to broadcast and multicast addresses

  friend bool operator==(const Listener&, const Listener&) = default;
};

/// Reads a list of transports: all of them where there is none.
Transports read_transports(const Cursor& at);

/// Whether two listeners would share the requests of a port at random.
bool overlap(const Listener& a, const Listener& b) noexcept;

/// `tcp:`, bounds on the TCP connections of one worker.
struct TcpLimits {
  std::chrono::milliseconds idle{10'000};   ///< a connection without a request or a taken reply for so long is closed
  std::size_t connections = 1024;           ///< in all
  std::size_t connections_per_client = 64;  ///< from one IPv4 address or one IPv6 /64
  std::size_t unsent = 128UL * 1024;        ///< octets of replies that a client leaves unread before reading pauses

  friend bool operator==(const TcpLimits&, const TcpLimits&) = default;
};

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

struct Log {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;

  friend bool operator==(const Log&, const Log&) = default;
};

/// `admin:`, where metrics, health and the status page are.
struct Admin {
  std::optional<boost::asio::ip::tcp::endpoint> listen;  ///< nothing: they are off

  friend bool operator==(const Admin&, const Admin&) = default;
};

/// `advertise:`, 1:1 NAT: the addresses by which the world knows local ones, of the same family.
using AdvertisedAddresses = std::map<boost::asio::ip::address, boost::asio::ip::address>;

/// The settings that are not of one protocol.
struct Settings {
  std::vector<Listener> listeners;
  std::optional<unsigned> workers;  ///< absent: one for each processor
  std::optional<std::string> user;  ///< whose rights the server has, once it runs; absent: those of who starts it
  std::chrono::milliseconds drain{5'000};  ///< how long the end may wait for answers that are on their way
  TcpLimits tcp;
  AdvertisedAddresses advertised;
  Admin admin;
  Log log;
};

/// A configuration: the user's file over the embedded default.
class Configuration {
 public:
  /// A top-level key that `file` does not have is taken from `defaults`. Both must outlive the configuration.
  Configuration(const Document& file, const Document& defaults, Problems& problems);

  /// @param protocols the names that `listeners[].protocols` may hold
  Settings settings(const std::vector<std::string_view>& protocols);

  /// The settings of `admin:` alone, for those who need no others. Of its keys, those that `file` does not have are
  /// taken from `defaults`.
  Admin admin();

  /// A top-level section, which its owner reads with the same cursor.
  Cursor section(std::string_view key);

  /// Adds a mistake for each top-level key that nobody has asked for.
  void close() const { file_.close(); }

 private:
  Map file_;
  Map defaults_;
};

}  // namespace thence::config
