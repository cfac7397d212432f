#pragma once

#include "protocols/stun/binding.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/crc.hpp>
#include <gtest/gtest.h>

/// STUN messages for tests, made without the code under test.
namespace stun_messages {

using Octets = std::vector<std::byte>;

/// Octets from hexadecimal digits; blanks are for the reader.
inline Octets hex(std::string_view digits) {
  Octets octets;
  unsigned pending = 1;
  for (const char each : digits) {
    if (each == ' ') continue;
    pending = pending << 4U | static_cast<unsigned>(each <= '9' ? each - '0' : each - 'a' + 10);
    if (pending < 0x100) continue;
    octets.push_back(static_cast<std::byte>(pending));
    pending = 1;
  }
  return octets;
}

inline Octets text(std::string_view text) {
  Octets octets;
  for (const char each : text) octets.push_back(static_cast<std::byte>(each));
  return octets;
}

inline Octets joined(std::initializer_list<Octets> parts) {
  Octets all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Octets big_endian(std::uint32_t value, std::size_t size) {
  Octets octets(size);
  for (auto at = octets.rbegin(); at != octets.rend(); ++at, value >>= 8U) *at = static_cast<std::byte>(value);
  return octets;
}

/// Cookie and transaction id of the vectors 2.1 to 2.3 of RFC 5769.
inline const Octets modern_id = hex("2112a442 b7e7a701bc34d686fa87dfae");
/// An id of RFC 3489: 128 bits, the first 32 of which are not the cookie.
inline const Octets classic_id = hex("0badcafe b7e7a701bc34d686fa87dfae");

inline Octets attribute(std::uint32_t type, Octets value = {}) {
  const auto length = value.size();
  value.resize((length + 3) / 4 * 4);
  return joined({big_endian(type, 2), big_endian(static_cast<std::uint32_t>(length), 2), value});
}

inline Octets message(std::uint32_t type, const Octets& id, std::initializer_list<Octets> attributes = {}) {
  const auto body = joined(attributes);
  return joined({big_endian(type, 2), big_endian(static_cast<std::uint32_t>(body.size()), 2), id, body});
}

inline Octets request(std::initializer_list<Octets> attributes = {}) { return message(0x0001, modern_id, attributes); }
inline Octets classic_request(std::initializer_list<Octets> attributes = {}) {
  return message(0x0001, classic_id, attributes);
}

inline std::uint32_t crc32(const Octets& octets) {
  boost::crc_32_type crc;
  crc.process_bytes(octets.data(), octets.size());
  return crc.checksum();
}

/// The message with a FINGERPRINT of its own at the end.
inline Octets fingerprinted(Octets message) {
  const auto length = big_endian(static_cast<std::uint32_t>(message.size() - 20 + 8), 2);
  std::copy(length.begin(), length.end(), message.begin() + 2);
  return joined({message, attribute(0x8028, big_endian(crc32(message) ^ 0x5354554e, 4))});
}

inline thence::Endpoint endpoint(const char* address, std::uint16_t port) {
  return {boost::asio::ip::make_address(address), port};
}

struct Answer {
  thence::stun::Outcome outcome;
  Octets reply;
};

/// What the server makes of a message that peer sent.
inline Answer ask(const Octets& message, const thence::Endpoint& peer = endpoint("192.0.2.1", 32853),
                  thence::Transport transport = thence::Transport::udp, std::size_t room = 4096) {
  const thence::Request request{message, {peer, endpoint("198.51.100.7", 3478), 2, transport}};
  Octets buffer(room, std::byte{0xee});
  thence::Reply reply{buffer, 0, request.route};
  const auto outcome = thence::stun::answer(request, reply);
  EXPECT_EQ(reply.route, request.route);
  buffer.resize(reply.size);
  return {outcome, buffer};
}

}  // namespace stun_messages
