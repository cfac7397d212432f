#pragma once

#include <boost/asio/ip/address.hpp>

namespace thence {

inline bool is_link_local(const boost::asio::ip::address& address) noexcept {
  return address.is_v6() && address.to_v6().is_link_local();
}

/// IPv4 as IPv4: what a dual-stack socket shows as a v4-mapped address.
inline boost::asio::ip::address unmapped(const boost::asio::ip::address& address) {
  if (address.is_v4() || !address.to_v6().is_v4_mapped()) return address;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

/// The address alone: a route names the interface beside it.
inline boost::asio::ip::address without_scope(const boost::asio::ip::address& address) {
  if (address.is_v4()) return address;
  return boost::asio::ip::address_v6(address.to_v6().to_bytes());
}

/// A link-local address as a client has to write it, with its interface.
inline boost::asio::ip::address with_scope(const boost::asio::ip::address& address,
                                           boost::asio::ip::scope_id_type interface) {
  if (!is_link_local(address)) return address;
  return boost::asio::ip::address_v6(address.to_v6().to_bytes(), interface);
}

}  // namespace thence
