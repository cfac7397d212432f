#pragma once

#include "protocols/interface_table.hpp"

#include <cstdint>
#include <optional>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// The unicast address of the arrival interface from which to answer a request sent to a broadcast or multicast
/// address.
/// @param preferred used if it is on that interface (for IPv4, the kernel's suggestion)
/// @param peer the sender; an address on its subnet is preferred, and a link-local peer is answered only from
/// link-local
/// @return nothing if the interface has no suitable address
std::optional<boost::asio::ip::address> group_source(const InterfaceTable& interfaces, std::uint32_t interface,
                                                     const boost::asio::ip::address& preferred,
                                                     const boost::asio::ip::address& peer) noexcept;

}  // namespace thence
