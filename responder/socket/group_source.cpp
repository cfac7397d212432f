#include "responder/socket/group_source.hpp"

#include "responder/host/address.hpp"

#include <cstddef>

namespace thence {

namespace {

namespace ip = boost::asio::ip;

template <typename Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, std::size_t bits) noexcept {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
    const auto here = bits < 8 ? bits : 8;
    if (((a[i] ^ b[i]) >> (8 - here)) != 0) return false;
    bits -= here;
  }
  return true;
}

bool on_subnet(const InterfaceAddress& own, const ip::address& peer) noexcept {
  return peer.is_v4() ? same_prefix(own.address.to_v4().to_bytes(), peer.to_v4().to_bytes(), own.prefix_length)
                      : same_prefix(own.address.to_v6().to_bytes(), peer.to_v6().to_bytes(), own.prefix_length);
}

}  // namespace

std::optional<ip::address> group_source(const InterfaceTable& interfaces, std::uint32_t interface,
                                        const ip::address& preferred, const ip::address& peer) noexcept {
  const auto* const arrival = interfaces.find(interface);
  if (arrival == nullptr) return std::nullopt;
  const InterfaceAddress* best = nullptr;
  for (const auto& own : arrival->addresses) {
    if (!own.usable || own.address.is_v4() != peer.is_v4() || is_link_local(own.address) != is_link_local(peer))
      continue;
    if (own.address == preferred) return preferred;
    if (best == nullptr || (on_subnet(own, peer) && !on_subnet(*best, peer))) best = &own;
  }
  return best == nullptr ? std::nullopt : std::optional(best->address);
}

}  // namespace thence
