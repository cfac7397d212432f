#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace thence {

/// What carries a message. All differences between transports are in their traits, so a new transport is one more row
/// there.
enum class Transport : std::uint8_t { udp, tcp };

/// The properties of a transport.
struct TransportTraits {
  std::string_view name;  ///< as in `listeners[].transports`
  bool is_datagram;       ///< a message is a datagram; else messages follow one another in a byte stream
  bool source_validated;  ///< a handshake has proved that the client's source address is its own
};

inline constexpr std::array transport_traits{
    TransportTraits{.name = "udp", .is_datagram = true, .source_validated = false},
    TransportTraits{.name = "tcp", .is_datagram = false, .source_validated = true},
};

/// In the order of their numbers.
inline constexpr std::array all_transports{Transport::udp, Transport::tcp};
static_assert(all_transports.size() == transport_traits.size());

constexpr std::size_t number(Transport transport) noexcept { return static_cast<std::size_t>(transport); }
constexpr const TransportTraits& traits(Transport transport) noexcept { return transport_traits[number(transport)]; }
constexpr std::string_view name(Transport transport) noexcept { return traits(transport).name; }
constexpr bool is_datagram(Transport transport) noexcept { return traits(transport).is_datagram; }
constexpr bool source_validated(Transport transport) noexcept { return traits(transport).source_validated; }

/// A set of transports.
class Transports {
 public:
  constexpr Transports() noexcept = default;
  constexpr Transports(std::initializer_list<Transport> members) noexcept {
    for (const auto each : members) insert(each);
  }

  static constexpr Transports all() noexcept {
    Transports set;
    for (const auto each : all_transports) set.insert(each);
    return set;
  }

  constexpr void insert(Transport transport) noexcept { bits_ |= 1U << number(transport); }
  constexpr bool contains(Transport transport) const noexcept { return (bits_ >> number(transport) & 1U) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr Transports operator&(Transports a, Transports b) noexcept { return of_bits(a.bits_ & b.bits_); }
  friend constexpr Transports operator|(Transports a, Transports b) noexcept { return of_bits(a.bits_ | b.bits_); }
  friend constexpr bool operator==(Transports, Transports) noexcept = default;

 private:
  static constexpr Transports of_bits(unsigned bits) noexcept {
    Transports set;
    set.bits_ = bits;
    return set;
  }

  unsigned bits_ = 0;  // one per transport, by its number
};

/// Such as `udp+tcp`.
inline std::string text(Transports transports) {
  std::string text;
  for (const auto each : all_transports) {
    if (transports.contains(each)) text += (text.empty() ? "" : "+") + std::string(name(each));
  }
  return text;
}

}  // namespace thence
