#pragma once

#include "protocols/interface_table.hpp"

#include <cstdint>
#include <optional>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// The unicast address of the arrival interface from which a request to a broadcast or multicast address is answered.
/// @param preferred taken when it stands on that interface (the kernel's proposal for IPv4)
/// @param peer who asked; an address on its subnet is preferred, and link-local is answered from link-local only
/// @return nothing when the interface has no address that fits
std::optional<boost::asio::ip::address> group_source(const InterfaceTable& interfaces, std::uint32_t interface,
                                                     const boost::asio::ip::address& preferred,
                                                     const boost::asio::ip::address& peer) noexcept;

}  // namespace thence
