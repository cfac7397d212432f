#include "responder/socket/udp_batch.hpp"

namespace thence {

UdpBatch::UdpBatch() : buffers_(2 * capacity * stride) {
  for (std::size_t i = 0; i < capacity; ++i) {
    auto* const request = buffers_.data() + 2 * i * stride;
    exchanges_[i].reply.buffer = {request + stride, payload};
    in_parts_[i].payload = {request, payload};
    auto& header = in_[i].msg_hdr;
    header.msg_name = exchanges_[i].request.route.peer.data();
    header.msg_iov = &in_parts_[i].payload;
    header.msg_iovlen = 1;
    header.msg_control = in_parts_[i].control.data();
  }
}

}  // namespace thence
