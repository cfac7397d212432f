#pragma once

#include "protocols/dns/wire/client_subnet.hpp"
#include "protocols/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>

namespace thence::dns {

/// A text built without allocation. What does not fit is left out.
class BoundedText {
 public:
  BoundedText() = default;
  /// Copies only the octets in use, not the whole buffer.
  BoundedText(const BoundedText& other) noexcept { *this << other.view(); }
  BoundedText& operator=(const BoundedText&) = delete;

  std::string_view view() const noexcept { return {letters_.data(), size_}; }

  BoundedText& operator<<(std::string_view text) noexcept {
    const std::size_t count = std::min(text.size(), letters_.size() - size_);
    std::copy_n(text.begin(), count, letters_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += count;
    return *this;
  }

  BoundedText& operator<<(unsigned number) noexcept {
    std::array<char, 10> digits;
    const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return *this << std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
  }

  /// Presentation format.
  BoundedText& operator<<(const boost::asio::ip::address& address) noexcept {
    if (address.is_v4()) {
      const auto octets = address.to_v4().to_bytes();
      return *this << unsigned{octets[0]} << "." << unsigned{octets[1]} << "." << unsigned{octets[2]} << "."
                   << unsigned{octets[3]};
    }
    std::array<char, INET6_ADDRSTRLEN> text;
    inet_ntop(AF_INET6, address.to_v6().to_bytes().data(), text.data(), text.size());
    return *this << std::string_view(text.data());
  }

  /// `192.0.2.1:53` or `[2001:db8::1]:53`.
  BoundedText& operator<<(const Endpoint& endpoint) noexcept {
    if (endpoint.address().is_v4()) return *this << endpoint.address() << ":" << unsigned{endpoint.port()};
    return *this << "[" << endpoint.address() << "]:" << unsigned{endpoint.port()};
  }

  /// `192.0.2.0/24`. For an IPv4 or IPv6 subnet.
  BoundedText& operator<<(const ClientSubnet& subnet) noexcept {
    return *this << subnet.network() << "/" << unsigned{subnet.source};
  }

 private:
  std::array<char, 768> letters_;
  std::size_t size_ = 0;
};

}  // namespace thence::dns
