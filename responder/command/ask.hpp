#pragma once

#include "protocols/protocol.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>

namespace thence {

/// A request from a local address to a transport address.
struct Question {
  boost::asio::ip::address from;
  Endpoint to;
  Transport transport = Transport::udp;
  std::vector<std::byte> message;
  std::function<bool(std::span<const std::byte>)> answered_by;  ///< whether a message is the answer
  const Protocol* protocol = nullptr;  ///< finds messages in a TCP stream; must outlive the exchange
};

struct Answer {
  std::optional<Endpoint> from;     ///< source of the answer; nothing if there was none
  boost::system::error_code error;  ///< why there was none, if the system said
};

/// Sends from an unconnected socket, so that an answer from any address is received. Over UDP, the request is
/// retransmitted after 250 ms and 750 ms. Gives up after 2 s.
void ask(boost::asio::io_context& context, Question question, std::function<void(const Answer&)> done);

}  // namespace thence
