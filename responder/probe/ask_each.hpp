#pragma once

#include "protocols/endpoint_text.hpp"
#include "responder/probe/binding_transaction.hpp"
#include "responder/probe/udp_client.hpp"

#include <span>
#include <string>

#include <boost/asio/io_context.hpp>

namespace thence::probe {

/// Asks from a socket of its own on the local address of each row, all at once, and waits until the last one ends.
/// @param rows each has `asked` (an AskedSource) and `local`, which gets the socket's endpoint
/// @param start starts asking: (UdpClient&, SocketId, Row&)
/// @param failed is told why there is no socket: (Row&, std::string)
template <typename Row, typename Start, typename Failed>
void ask_each(std::span<Row> rows, Start start, Failed failed) {
  boost::asio::io_context context(1);
  UdpClient client(context);
  for (auto& row : rows) {
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

/// The local end of a row, without a port where there is no socket.
template <typename Row>
std::string local_text(const Row& row) {
  return row.local ? text(*row.local) : row.asked.source.address.to_string();
}

}  // namespace thence::probe
