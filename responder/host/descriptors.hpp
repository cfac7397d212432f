#pragma once

#include <cstddef>

#include <boost/asio/ip/tcp.hpp>

/// File descriptors, of which a process may have a limited number. The last of them are kept from TCP connections, so
/// that health checks, reloads and the forwarding of queries work whatever clients do. Each system has its own source
/// file, descriptors_SYSTEM.cpp.
namespace thence::descriptors {

using Socket = boost::asio::ip::tcp::socket::native_handle_type;

/// How many are kept: a quarter of the limit, at most 64.
std::size_t reserve() noexcept;

/// Whether all descriptors outside the reserve are in use, as a new one shows that has just been opened.
bool is_reserved(Socket opened) noexcept;

/// Moves what was opened to the lowest free descriptor, if that is lower: to one outside the reserve once another has
/// been closed.
/// @return the descriptor that it has now
Socket lowest(Socket opened) noexcept;

void close(Socket opened) noexcept;

}  // namespace thence::descriptors
