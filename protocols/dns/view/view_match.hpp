#pragma once

#include "config/reader.hpp"
#include "protocols/dns/wire/client_subnet.hpp"
#include "protocols/route.hpp"

#include <optional>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// Which requests a view is for: those that fit every list here. An empty list fits all requests; any other one, even
/// one that only excludes, fits none of which that part is unknown.
struct ViewMatch {
  config::GlobList interfaces;  ///< of the interface on which a request arrived
  config::PrefixList local;     ///< of the address asked
  config::PrefixList clients;   ///< of who asked
  config::PrefixList subnets;   ///< of the network that the query comes from; it fits where each of its addresses does
  Transports transports = Transports::all();

  friend bool operator==(const ViewMatch&, const ViewMatch&) = default;
};

/// Reads `match:` of a view. An absent one matches all requests.
ViewMatch read_view_match(const config::Cursor& at);

/// The network that a view is chosen by.
/// @return nothing for an option without an address (source prefix length 0): its sender keeps the network to itself
std::optional<config::Prefix> network_of(const ClientSubnet& subnet) noexcept;

/// What a view is chosen by.
struct ViewRequest {
  std::string interface = "?";  ///< name of the arrival interface; "?": unknown
  boost::asio::ip::address local;
  boost::asio::ip::address client;
  std::optional<ClientSubnet> subnet{};  ///< only from a client that is trusted to tell it
  Transport transport = Transport::udp;
};

/// Why a request does not match, in words: the first thing that does not fit.
/// @return nothing where it matches
std::optional<std::string> why_not(const ViewMatch& match, const ViewRequest& request);

/// Why a request matches, in words. Only for one that does.
std::string why(const ViewMatch& match, const ViewRequest& request);

}  // namespace thence::dns
