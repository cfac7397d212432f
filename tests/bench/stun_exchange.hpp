#pragma once

#include "answer.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>

namespace thence::bench {

inline unsigned char* octets(std::byte* at) { return reinterpret_cast<unsigned char*>(at); }
inline const unsigned char* octets(const std::byte* at) { return reinterpret_cast<const unsigned char*>(at); }

inline constexpr std::size_t stun_header_size = 20;

/// Writes the header of a Binding request with a transaction id derived from the token.
/// @param length octets of the attributes that follow
/// @param at room for stun_header_size octets
inline void write_stun_header(std::uint64_t token, std::size_t length, std::byte* at) {
  boost::endian::store_big_u16(octets(at), 0x0001);
  boost::endian::store_big_u16(octets(at + 2), static_cast<std::uint16_t>(length));
  boost::endian::store_big_u32(octets(at + 4), 0x2112A442);
  boost::endian::store_big_u32(octets(at + 8), static_cast<std::uint32_t>(token >> 32) * 0x9E3779B1);
  boost::endian::store_big_u64(octets(at + 12), token);
}

/// STUN Binding requests and their answers, as the load generator needs them.
class StunExchange {
 public:
  /// The bits of a token that a transaction id carries.
  static constexpr std::uint64_t token_mask = ~std::uint64_t{0};

  /// @param fingerprint whether requests carry FINGERPRINT (RFC 8489 §14.7)
  explicit StunExchange(bool fingerprint) : fingerprint_(fingerprint) {}

  /// Writes the request with that token.
  /// @param room at least 28 octets
  /// @return octets written
  std::size_t write(std::uint64_t token, std::span<std::byte> room) {
    std::byte* const at = room.data();
    write_stun_header(token, fingerprint_ ? 8 : 0, at);
    if (!fingerprint_) return stun_header_size;
    boost::crc_32_type crc;
    crc.process_bytes(at, stun_header_size);
    boost::endian::store_big_u16(octets(at + 20), 0x8028);
    boost::endian::store_big_u16(octets(at + 22), 4);
    boost::endian::store_big_u32(octets(at + 24), crc.checksum() ^ 0x5354554E);
    return 28;
  }

  /// @return nothing when the message is not a response to a Binding request
  static std::optional<Answer> read(std::span<const std::byte> message) {
    if (message.size() < stun_header_size) return {};
    const std::uint16_t type = boost::endian::load_big_u16(octets(message.data()));
    if (type != 0x0101 && type != 0x0111) return {};
    return Answer{boost::endian::load_big_u64(octets(message.data() + 12)),
                  type == 0x0101 ? Answer::Kind::positive : Answer::Kind::failure};
  }

 private:
  bool fingerprint_;
};

}  // namespace thence::bench
