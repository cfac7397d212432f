#pragma once

#include "config/address.hpp"

#include <boost/asio/ip/address.hpp>

namespace thence {

using config::is_link_local;
using config::unmapped;
using config::without_scope;

/// Adds the interface to a link-local address, as a client has to write it.
inline boost::asio::ip::address with_scope(const boost::asio::ip::address& address,
                                           boost::asio::ip::scope_id_type interface) {
  if (!is_link_local(address)) return address;
  return boost::asio::ip::address_v6(address.to_v6().to_bytes(), interface);
}

}  // namespace thence
