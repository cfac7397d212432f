#pragma once

#include "protocols/endpoint_text.hpp"
#include "responder/probe/binding_transaction.hpp"
#include "responder/probe/udp_client.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

#include <boost/asio/io_context.hpp>

namespace thence::probe {

/// Rows asked at once: each takes a file descriptor.
inline constexpr std::size_t most_at_once = 256;

/// Opens a socket on each row's local address, asks from it, and waits until all are done. At most most_at_once rows
/// are asked at a time.
/// @param rows each has `asked` (an AskedSource) and `local`, which is set to the socket's endpoint
/// @param start starts asking: (UdpClient&, SocketId, Row&)
/// @param failed called with the reason when a socket cannot be opened: (Row&, std::string)
template <typename Row, typename Start, typename Failed>
void ask_each(std::span<Row> rows, Start start, Failed failed) {
  for (; !rows.empty(); rows = rows.subspan(std::min(most_at_once, rows.size()))) {
    boost::asio::io_context context(1);
    UdpClient client(context);
    for (auto& row : rows.first(std::min(most_at_once, rows.size()))) {
      try {
        const auto socket = client.open(row.asked.source.address);
        row.local = client.local(socket);
        start(client, socket, row);
      } catch (const boost::system::system_error& error) {
        failed(row, reason(error.code()));
      }
    }
    client.run();
  }
}

/// The local endpoint of a row; the address alone if there is no socket.
template <typename Row>
std::string local_text(const Row& row) {
  return row.local ? text(*row.local) : row.asked.source.address.to_string();
}

}  // namespace thence::probe
