#include "protocols/dns/wire/client_subnet.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

/// Octets of FAMILY, SOURCE PREFIX-LENGTH and SCOPE PREFIX-LENGTH.
constexpr std::size_t subnet_head = 4;

unsigned bits_of(std::uint16_t family) noexcept {
  switch (family) {
    case ClientSubnet::ipv4:
      return 32;
    case ClientSubnet::ipv6:
      return 128;
    default:
      return 0;
  }
}

}  // namespace

std::optional<ClientSubnet> read_client_subnet(Octets data) noexcept {
  if (data.size() < subnet_head || data[3] != 0) return std::nullopt;
  return read_answered_subnet(data);
}

std::optional<ClientSubnet> read_answered_subnet(Octets data) noexcept {
  if (data.size() < subnet_head) return std::nullopt;
  ClientSubnet subnet{.family = load16(data.data()), .source = data[2]};
  const Octets address = data.subspan(subnet_head);
  if (subnet.family > ClientSubnet::ipv6 || subnet.source > bits_of(subnet.family)) return std::nullopt;
  if (address.size() != subnet.address_size()) return std::nullopt;
  const unsigned spare = static_cast<unsigned>(address.size()) * 8U - subnet.source;
  if (!address.empty() && (address.back() & ((1U << spare) - 1U)) != 0) return std::nullopt;
  std::ranges::copy(address, subnet.address.begin());
  return subnet;
}

bool ClientSubnet::is_answered_by(const ClientSubnet& answered) const noexcept {
  if (family != none && answered.family != family) return false;
  return source == 0 || (answered.source == source && answered.address == address);
}

boost::asio::ip::address ClientSubnet::network() const noexcept {
  if (family == ipv6) return boost::asio::ip::address_v6(address);
  return boost::asio::ip::address_v4({address[0], address[1], address[2], address[3]});
}

std::size_t write_client_subnet(std::uint8_t* at, const ClientSubnet& subnet) noexcept {
  store16(at, subnet.family);
  at[2] = subnet.source;
  at[3] = 0;
  std::copy_n(subnet.address.begin(), subnet.address_size(), at + subnet_head);
  return subnet_head + subnet.address_size();
}

}  // namespace thence::dns
