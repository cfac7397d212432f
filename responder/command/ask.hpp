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

/// A request to one transport address, from one local address.
struct Question {
  boost::asio::ip::address from;
  Endpoint to;
  Transport transport = Transport::udp;
  std::vector<std::byte> message;
  std::function<bool(std::span<const std::byte>)> answered_by;  ///< whether a message answers it
  const Protocol* protocol = nullptr;                           ///< finds messages in a TCP stream; outlives the asking
};

struct Answer {
  std::optional<Endpoint> from;     ///< where the answer came from; nothing when there was none
  boost::system::error_code error;  ///< why there was none, where the system said
};

/// Asks from an unconnected socket, so that an answer from any address is seen. Over UDP the request is sent again
/// after 250 ms and after 750 ms; after 2 s there is no answer.
void ask(boost::asio::io_context& context, Question question, std::function<void(const Answer&)> done);

}  // namespace thence
