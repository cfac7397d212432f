#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <system_error>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>

/// Packet information: the local address and interface on which a datagram arrived, and those from which one is sent
/// (Linux ip(7) IP_PKTINFO; RFC 3542 §6 IPV6_PKTINFO). Each system has its own source file, pktinfo_SYSTEM.cpp.
namespace thence::pktinfo {

using Socket = boost::asio::ip::udp::socket::native_handle_type;

enum class Error : int {
  socket_type = 1,    ///< neither a datagram nor a raw socket
  socket_family = 2,  ///< neither IPv4 nor IPv6
};

/// Turns packet information on or off. Call before bind: datagrams queued earlier carry none. A dual-stack socket gets
/// it for both families; it is not an error if the host lacks IPv4.
/// @return an Error, or the system's error
std::error_code enable(Socket socket, bool on) noexcept;

/// Whether packet information is on; for a dual-stack socket, for every family that the host has.
/// @param error as from enable()
bool enabled(Socket socket, std::error_code& error) noexcept;

/// Where a datagram arrived.
struct Arrival {
  boost::asio::ip::address local;        ///< valid as a reply's source, except for an IPv6 multicast group
  boost::asio::ip::address destination;  ///< from the IP header; differs from `local` for IPv4 broadcast and multicast
  std::uint32_t interface = 0;           ///< index of the arrival interface

  /// Whether the datagram was sent to a broadcast or multicast address.
  bool group() const noexcept { return destination.is_multicast() || destination != local; }
};

/// Octets needed for the control messages of one datagram, received or sent.
constexpr std::size_t control_size = 80;

/// Reads the control messages of a received datagram.
/// @return nothing if they contain no packet information
std::optional<Arrival> read(std::span<const std::byte> control) noexcept;

/// Writes the control message that sets the source address of a datagram.
/// @param control at least control_size octets, aligned as std::max_align_t
/// @param interface to send from; 0: let routing decide
/// @return octets written
std::size_t write(std::span<std::byte> control, const boost::asio::ip::address& source,
                  std::uint32_t interface) noexcept;

/// The interface on which an accepted TCP connection arrived.
/// @return 0 if the system does not say
std::uint32_t arrival_interface(Socket connection) noexcept;

const std::error_category& error_category() noexcept;
inline std::error_code make_error_code(Error error) noexcept { return {static_cast<int>(error), error_category()}; }

}  // namespace thence::pktinfo

template <>
struct std::is_error_code_enum<thence::pktinfo::Error> : std::true_type {};
