#pragma once

#include "protocols/protocol.hpp"
#include "responder/dispatch/dispatch.hpp"
#include "responder/socket/binding.hpp"
#include "responder/socket/udp_counters.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <boost/asio/ip/udp.hpp>

namespace thence {

/// One datagram and its reply on their way through a worker.
struct Exchange {
  Request request;
  Reply reply;
  Drop drop = Drop::none;                  ///< why the request is not answered
  bool group = false;                      ///< whether the request was sent to a broadcast or multicast address
  std::uint32_t egress = 0;                ///< index of the interface to send the reply from; 0: let routing decide
  const ServedProtocol* served = nullptr;  ///< chosen once, by the worker; nullptr: none
  int error = 0;                           ///< errno value if the reply could not be sent; 0: sent
};

/// Receives and sends batches of datagrams with packet information. This is the only layer that makes these system
/// calls; each system has its own source file, datagram_io_SYSTEM.cpp. Each worker has one, which its sockets use in
/// turn. Allocates nothing after construction.
class DatagramIo {
 public:
  static constexpr std::size_t capacity = 64;   ///< datagrams per batch
  static constexpr std::size_t payload = 4096;  ///< maximum octets of a request or reply

  DatagramIo();
  ~DatagramIo();
  DatagramIo(const DatagramIo&) = delete;
  DatagramIo& operator=(const DatagramIo&) = delete;

  /// Receives the waiting datagrams without blocking. A request's route has the datagram's destination address; its
  /// reply's route has the address from which a reply can be sent, which differs for an IPv4 group. A datagram that
  /// cannot be answered is marked with the cause (`truncated`, `no_packet_information`); if the system did not say
  /// where it arrived, the local address is unspecified and the interface 0.
  /// @param binding of the socket
  /// @return exchanges with empty replies, valid until the next call
  std::span<Exchange> receive(boost::asio::ip::udp::socket& socket, const Binding& binding);

  /// Sends, in order and without blocking, every reply with a nonzero size, each from exactly the local address in its
  /// route. A reply that cannot be sent does not hold up those behind it.
  /// @param exchanges at most `capacity`; sets the `error` of each that has a reply
  /// @return how many were sent
  std::size_t send(boost::asio::ip::udp::socket& socket, const Binding& binding, std::span<Exchange> exchanges);

 private:
  struct Headers;  // what the system needs beside each datagram

  std::array<Exchange, capacity> exchanges_;
  std::vector<std::byte> buffers_;
  std::unique_ptr<Headers> headers_;
};

}  // namespace thence
