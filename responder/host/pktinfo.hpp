#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>

/// Packet information: on which local address and interface a datagram arrived, and from which one a datagram leaves
/// (Linux ip(7) IP_PKTINFO; RFC 3542 §6 IPV6_PKTINFO). Each system has a source file of its own, pktinfo_SYSTEM.cpp.
namespace thence::pktinfo {

using Socket = boost::asio::ip::udp::socket::native_handle_type;

enum class Error : int {
  socket_type = 1,    ///< neither a datagram nor a raw socket
  socket_family = 2,  ///< neither IPv4 nor IPv6
};

/// Turns packet information on or off, to be called before bind: a datagram that is queued before has none. On a
/// dual-stack socket that is done for both families; a host without IPv4 is no error.
/// @return an Error, or what the system said
std::error_code enable(Socket socket, bool on) noexcept;

/// Whether packet information is on; on a dual-stack socket, for all families that the host has.
/// @param error as of enable()
bool enabled(Socket socket, std::error_code& error) noexcept;

/// Where a datagram arrived.
struct Arrival {
  boost::asio::ip::address local;        ///< usable as the source of a reply, unless this is a group and IPv6
  boost::asio::ip::address destination;  ///< as in the header; not `local` for a broadcast or IPv4 multicast address
  std::uint32_t interface = 0;           ///< index of the arrival interface

  /// Whether the datagram was sent to a broadcast or multicast address.
  bool group() const noexcept { return destination.is_multicast() || destination != local; }
};

/// Octets that hold the control messages of one datagram, received or sent.
constexpr std::size_t control_size = 80;

/// Reads the control messages of a received datagram.
/// @return nothing when there is no packet information among them
std::optional<Arrival> read(std::span<const std::byte> control) noexcept;

/// Writes the control message that makes a datagram leave from an address.
/// @param control room for at least control_size octets, aligned as std::max_align_t is
/// @param interface by which it leaves; 0: as routing says
/// @return octets written
std::size_t write(std::span<std::byte> control, const boost::asio::ip::address& source,
                  std::uint32_t interface) noexcept;

/// The interface on which an accepted TCP connection arrived.
/// @return 0 where the system does not say
std::uint32_t arrival_interface(Socket connection) noexcept;

const std::error_category& error_category() noexcept;
inline std::error_code make_error_code(Error error) noexcept { return {static_cast<int>(error), error_category()}; }

}  // namespace thence::pktinfo

template <>
struct std::is_error_code_enum<thence::pktinfo::Error> : std::true_type {};
