#pragma once

#include "protocols/protocol.hpp"
#include "responder/dispatch/dispatch.hpp"
#include "responder/host/pktinfo.hpp"
#include "responder/socket/udp_counters.hpp"

#include <array>
#include <cstddef>
#include <vector>

#include <sys/socket.h>
#include <sys/uio.h>

namespace thence {

/// One datagram and its reply, on the way through a worker.
struct Exchange {
  Request request;
  Reply reply;
  Drop drop = Drop::none;                  ///< why the request is not to be answered
  const ServedProtocol* served = nullptr;  ///< chosen once, by the worker
};

/// The buffers of one worker: a batch of datagrams that one of its sockets has received, and their replies. It is as
/// large as it will ever be from the start.
class UdpBatch {
 public:
  static constexpr std::size_t capacity = 64;   ///< datagrams
  static constexpr std::size_t payload = 4096;  ///< octets of a request or of a reply

  UdpBatch();
  UdpBatch(const UdpBatch&) = delete;
  UdpBatch& operator=(const UdpBatch&) = delete;

 private:
  friend class UdpSocket;

  // Buffers that lie a power of two apart would all share the same few cache lines of the first level.
  static constexpr std::size_t stride = payload + 64;

  /// What the header of one message points to.
  struct Parts {
    iovec payload{};
    alignas(cmsghdr) std::array<std::byte, pktinfo::control_size> control{};
    Endpoint mapped;               ///< an IPv4 peer as a dual-stack socket wants it
    const Route* route = nullptr;  ///< of a reply
  };

  std::array<Exchange, capacity> exchanges_;
  std::array<mmsghdr, capacity> in_{};
  std::array<Parts, capacity> in_parts_;
  std::array<mmsghdr, capacity> out_{};
  std::array<Parts, capacity> out_parts_;
  std::size_t stale_ = capacity;  // headers at the front of in_ that the kernel has written since they were prepared
  std::vector<std::byte> buffers_;
};

}  // namespace thence
