#pragma once

#include "protocols/interface_table.hpp"

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::probe {

/// A local address to ask from, and the address to ask from there.
struct LocalSource {
  std::string interface;
  boost::asio::ip::address address;  ///< a link-local one has the interface as its scope id
  boost::asio::ip::address server;   ///< the same; where the user named no interface, it is this one

  friend bool operator==(const LocalSource&, const LocalSource&) = default;
};

/// Every local address that can reach a server: of its family, usable, on an interface that is up; link-local exactly
/// where the server is, on its link; loopback only to an address of this host.
/// @param from an address or the name of an interface; nothing: all
/// @throws Failure (usage) when `from` is neither, (no answer) when nothing is left
std::vector<LocalSource> local_sources(const InterfaceTable& interfaces, const boost::asio::ip::address& server,
                                       const std::optional<std::string>& from);

}  // namespace thence::probe
