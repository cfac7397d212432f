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

/// One datagram and its reply, on the way through a worker.
struct Exchange {
  Request request;
  Reply reply;
  Drop drop = Drop::none;                  ///< why the request is not to be answered
  bool group = false;                      ///< whether the request was sent to a broadcast or multicast address
  std::uint32_t egress = 0;                ///< index of the interface by which the reply leaves; 0: as routing says
  const ServedProtocol* served = nullptr;  ///< chosen once, by the worker; nullptr: none
  int error = 0;                           ///< why the reply was not sent, an errno value; 0: it was
};

/// Receives and sends datagrams in batches, with packet information: all that has to be said to the system about them.
/// Each system has a source file of its own, datagram_io_SYSTEM.cpp. A worker has one, which its sockets use in turn.
/// It allocates nothing after its construction.
class DatagramIo {
 public:
  static constexpr std::size_t capacity = 64;   ///< datagrams of a batch
  static constexpr std::size_t payload = 4096;  ///< octets of a request or of a reply

  DatagramIo();
  ~DatagramIo();
  DatagramIo(const DatagramIo&) = delete;
  DatagramIo& operator=(const DatagramIo&) = delete;

  /// Takes the datagrams that wait, without waiting for more. A request's route names the destination address of the
  /// datagram, and its reply's route the address that a reply can leave from: for an IPv4 group they differ. A datagram
  /// that cannot be answered says why (`truncated`, `no_packet_information`); where the system did not say where it
  /// arrived, the local address is unspecified and the interface 0.
  /// @param binding of the socket
  /// @return exchanges that are valid until the next call, with empty replies
  std::span<Exchange> receive(boost::asio::ip::udp::socket& socket, const Binding& binding);

  /// Sends the replies that have a size, in their order, without waiting, each from exactly the local address of its
  /// route. One that cannot be sent holds up none behind it.
  /// @param exchanges at most `capacity`; the `error` of each that has a reply is set
  /// @return how many were sent
  std::size_t send(boost::asio::ip::udp::socket& socket, const Binding& binding, std::span<Exchange> exchanges);

 private:
  struct Headers;  // what the system wants beside each datagram

  std::array<Exchange, capacity> exchanges_;
  std::vector<std::byte> buffers_;
  std::unique_ptr<Headers> headers_;
};

}  // namespace thence
