#include "responder/host/pktinfo.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

/// Whatever octets stand where control messages should: nothing is read outside of them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> control(size);
  if (size > 0) std::memcpy(control.data(), data, size);
  const auto arrival = thence::pktinfo::read(control);
  if (arrival && arrival->local.is_v4() != arrival->destination.is_v4()) __builtin_trap();
  return 0;
}
