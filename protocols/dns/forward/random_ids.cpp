#include "protocols/dns/forward/random_ids.hpp"

#include "protocols/dns/wire/network_order.hpp"

#include <stdexcept>

#include <openssl/rand.h>

namespace thence::dns {

std::uint16_t RandomIds::next() {
  if (used_ == octets_.size()) {
    if (RAND_bytes(octets_.data(), static_cast<int>(octets_.size())) != 1) {
      throw std::runtime_error("no random numbers");
    }
    used_ = 0;
  }
  used_ += 2;
  return load16(octets_.data() + used_ - 2);
}

}  // namespace thence::dns
