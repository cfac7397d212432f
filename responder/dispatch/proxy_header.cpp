#include "responder/dispatch/proxy_header.hpp"

#include "config/address.hpp"
#include "protocols/network_order.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace thence {

namespace {

namespace ip = boost::asio::ip;
using Octets = std::span<const std::byte>;

constexpr std::array<std::uint8_t, 12> signature{0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D,
                                                 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
constexpr std::size_t fixed_size = 16;
constexpr std::size_t tlv_header_size = 3;

enum class Command : std::uint8_t { local = 0x20, proxy = 0x21 };  // with the version, 2
enum class Family : std::uint8_t { unspecified, ipv4, ipv6, unix };

/// @param octets of that family's address and no more
ip::address address_of(Octets octets) {
  const auto read = [&](auto bytes) {
    std::memcpy(bytes.data(), octets.data(), bytes.size());
    return bytes;
  };
  if (octets.size() == 4) return ip::address_v4(read(ip::address_v4::bytes_type()));
  return config::unmapped(ip::address_v6(read(ip::address_v6::bytes_type())));
}

bool is_an_end(const Endpoint& end) {
  const auto& address = end.address();
  return end.port() != 0 && !address.is_unspecified() && !address.is_multicast() &&
         address != ip::address_v4::broadcast();
}

/// @param block two addresses, then two ports
std::optional<ProxyHeader::Addresses> read_addresses(Octets block, std::size_t address_size) {
  const auto ports = block.subspan(2 * address_size);
  const Endpoint client(address_of(block.first(address_size)), load16(ports.first<2>()));
  const Endpoint local(address_of(block.subspan(address_size, address_size)), load16(ports.subspan<2, 2>()));
  if (!is_an_end(client) || !is_an_end(local)) return std::nullopt;
  if (client.address().is_v4() != local.address().is_v4()) return std::nullopt;
  return ProxyHeader::Addresses{client, local};
}

/// Whether each TLV ends where the next one begins, and the last one with the header (§2.2.1).
bool are_tlvs(Octets rest) noexcept {
  while (!rest.empty()) {
    if (rest.size() < tlv_header_size) return false;
    const std::size_t size = tlv_header_size + load16(rest.subspan<1, 2>());
    if (size > rest.size()) return false;
    rest = rest.subspan(size);
  }
  return true;
}

/// As far as it goes.
bool begins_like_a_header(Octets start) noexcept {
  const auto compared = start.first(std::min(start.size(), signature.size()));
  return std::ranges::equal(compared, std::as_bytes(std::span(signature)).first(compared.size()));
}

}  // namespace

std::optional<std::size_t> proxy_header_size(Octets stream) noexcept {
  if (!begins_like_a_header(stream)) return 0;
  if (stream.size() < fixed_size) return std::nullopt;
  const std::size_t size = fixed_size + load16(stream.subspan<14, 2>());
  return size <= longest_proxy_header ? size : 0;
}

std::optional<ProxyHeader> read_proxy_header(Octets octets) noexcept {
  const auto size = proxy_header_size(octets);
  if (!size || *size == 0 || *size > octets.size()) return std::nullopt;
  const auto block = octets.first(*size).subspan(fixed_size);
  const auto command = static_cast<Command>(octets[12]);
  // Whatever stands behind LOCAL is of no matter (§2.2).
  if (command == Command::local) return ProxyHeader{*size, {}};
  if (command != Command::proxy) return std::nullopt;
  const auto family = static_cast<Family>(static_cast<unsigned>(octets[13]) >> 4U);
  if (family != Family::ipv4 && family != Family::ipv6) return std::nullopt;
  const std::size_t address_size = family == Family::ipv4 ? 4 : 16;
  const std::size_t addresses_size = 2 * (address_size + sizeof(std::uint16_t));
  if (block.size() < addresses_size || !are_tlvs(block.subspan(addresses_size))) return std::nullopt;
  const auto addresses = read_addresses(block, address_size);
  if (!addresses) return std::nullopt;
  return ProxyHeader{*size, addresses};
}

}  // namespace thence
