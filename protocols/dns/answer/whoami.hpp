#pragma once

#include "protocols/dns/answer/bounded_text.hpp"
#include "protocols/dns/answer/circumstances.hpp"
#include "protocols/dns/wire/rrset.hpp"

#include <array>

namespace thence::dns {

/// All that is known of a request, as words: `client=198.51.100.7:41817 local=192.0.2.53:53 interface=eth1 ...`. `none`
/// stands for what the query lacks.
BoundedText whoami_text(const Circumstances& asked) noexcept;

/// The same as a JSON object (RFC 8259), in ASCII. `null` stands for what the query lacks.
BoundedText whoami_json(const Circumstances& asked) noexcept;

/// The client's port as an SRV record of `_udp.NAME` or `_tcp.NAME` with TTL 0, like CoreDNS's whoami plugin.
class ClientPort {
 public:
  /// @param name at most longest_name - 5 octets
  ClientPort(Octets name, const Route& route) noexcept;
  ClientPort(const ClientPort&) = delete;
  ClientPort& operator=(const ClientPort&) = delete;

  Octets name() const noexcept { return {name_.data(), name_size_}; }
  RRset rrset() const noexcept { return {type::srv, 1, record_}; }

  /// Octets that the first label adds to the name.
  static constexpr std::size_t label_size = 5;

 private:
  std::array<std::uint8_t, longest_name> name_;
  std::size_t name_size_;
  std::array<std::uint8_t, record_head + 7> record_;
};

}  // namespace thence::dns
