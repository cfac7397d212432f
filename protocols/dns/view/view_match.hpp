#pragma once

#include "config/reader.hpp"
#include "protocols/dns/wire/client_subnet.hpp"
#include "protocols/route.hpp"

#include <optional>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// Which requests a view is for: those that match every list here. An empty list matches all requests. Any other list,
/// even one that only excludes, does not match if that property of the request is unknown.
struct ViewMatch {
  config::GlobList interfaces;  ///< of the interface on which a request arrived
  config::PrefixList local;     ///< of the local address of a request
  config::PrefixList clients;   ///< of the client
  config::PrefixList subnets;   ///< of the query's client subnet, all addresses of which must match
  Transports transports = Transports::all();

  friend bool operator==(const ViewMatch&, const ViewMatch&) = default;
};

/// Reads `match:` of a view; if absent, it matches all requests.
ViewMatch read_view_match(const config::Cursor& at);

/// The network by which a view is chosen.
/// @return nothing for an option without an address (source prefix length 0): its sender does not disclose the network
std::optional<config::Prefix> network_of(const ClientSubnet& subnet) noexcept;

/// The properties of a request by which a view is chosen.
struct ViewRequest {
  std::string interface = "?";  ///< name of the arrival interface; "?": unknown
  boost::asio::ip::address local;
  boost::asio::ip::address client;
  std::optional<ClientSubnet> subnet{};  ///< only from a client that is trusted to state it
  Transport transport = Transport::udp;
};

/// Why a request does not match, in words: the first criterion that fails.
/// @return nothing if it matches
std::optional<std::string> why_not(const ViewMatch& match, const ViewRequest& request);

/// Why a matching request matches, in words.
std::string why(const ViewMatch& match, const ViewRequest& request);

}  // namespace thence::dns
