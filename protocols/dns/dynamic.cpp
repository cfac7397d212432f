#include "protocols/dns/dynamic.hpp"

#include "protocols/dns/message.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace thence::dns {

namespace {

template <typename Bytes>
std::size_t copy_bytes(const Bytes& bytes, std::uint8_t* to) noexcept {
  std::copy(bytes.begin(), bytes.end(), to);
  return bytes.size();
}

/// Presentation format without an allocation. @return one past its last character
char* write_address(const boost::asio::ip::address& address, char* to) noexcept {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    inet_ntop(AF_INET, bytes.data(), to, INET_ADDRSTRLEN);
  } else {
    const auto bytes = address.to_v6().to_bytes();
    inet_ntop(AF_INET6, bytes.data(), to, INET6_ADDRSTRLEN);
  }
  return to + std::strlen(to);
}

}  // namespace

bool DynamicRecord::covers(std::uint16_t type) noexcept {
  return type == type::a || type == type::aaaa || type == type::txt;
}

DynamicRecord::DynamicRecord(Dynamic dynamic, std::uint16_t type, const Route& route) noexcept : type_(type) {
  const auto& endpoint = dynamic == Dynamic::self ? route.local : route.peer;
  const auto& address = endpoint.address();
  if (type == type::any) type_ = address.is_v4() ? type::a : type::aaaa;
  std::uint8_t* const rdata = octets_.data() + record_head;
  std::size_t length = 0;
  if (type_ == type::txt) {
    std::array<char, INET6_ADDRSTRLEN + 8> text;
    char* end = text.data();
    const bool port = dynamic == Dynamic::client;
    if (port && address.is_v6()) *end++ = '[';
    end = write_address(address, end);
    if (port && address.is_v6()) *end++ = ']';
    if (port) {
      *end++ = ':';
      end = std::to_chars(end, text.data() + text.size(), endpoint.port()).ptr;
    }
    const auto letters = static_cast<std::size_t>(end - text.data());
    rdata[0] = static_cast<std::uint8_t>(letters);
    std::memcpy(rdata + 1, text.data(), letters);
    length = letters + 1;
  } else if (type_ == type::a && address.is_v4()) {
    length = copy_bytes(address.to_v4().to_bytes(), rdata);
  } else if (type_ == type::aaaa && address.is_v6()) {
    length = copy_bytes(address.to_v6().to_bytes(), rdata);
  } else {
    return;
  }
  write_record_head(octets_.data(), type_, 0, static_cast<std::uint16_t>(length));
  size_ = record_head + length;
}

}  // namespace thence::dns
