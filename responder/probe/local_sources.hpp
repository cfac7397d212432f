#pragma once

#include "protocols/interface_table.hpp"

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::probe {

/// A local address to ask from, and the server's address to ask.
struct LocalSource {
  std::string interface;
  boost::asio::ip::address address;  ///< a link-local one has the interface as its scope id
  boost::asio::ip::address server;   ///< likewise; if the user named no interface, the scope id is the local one

  friend bool operator==(const LocalSource&, const LocalSource&) = default;
};

/// Every local address that can reach a server: of the same family, usable, and on an interface that is up. Link-local
/// addresses are used if and only if the server's is link-local, and on its link; loopback addresses only if the
/// server's address is this host's.
/// @param from an address or the name of an interface; nothing: all
/// @throws Failure (usage) when `from` is neither, (no answer) when no address is left
std::vector<LocalSource> local_sources(const InterfaceTable& interfaces, const boost::asio::ip::address& server,
                                       const std::optional<std::string>& from);

}  // namespace thence::probe
