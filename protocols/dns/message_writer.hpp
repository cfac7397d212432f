#pragma once

#include "protocols/dns/message.hpp"
#include "protocols/dns/rrset.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace thence::dns {

enum class Section : std::uint8_t { answer, authority, additional };

/// Writes the reply to a query into a buffer of fixed size: header, question as it was asked, records, OPT.
class MessageWriter {
 public:
  /// @param room of the whole message; at least 512 octets, at most 65535
  MessageWriter(std::span<std::uint8_t> room, const Query& query) noexcept;

  /// Where the next record will start.
  std::size_t position() const noexcept { return size_; }
  /// What has been written.
  Octets written() const noexcept { return {room_.data(), size_}; }

  /// Adds a whole RRset or, where it does not fit, nothing (RFC 2181 §9).
  /// @param owner where the owner's name stands in the message, header_size for the question's, below max_pointer
  /// @return whether it was added
  bool add(Section section, const RRset& rrset, std::size_t owner = header_size) noexcept;

  /// Adds an option to the reply's OPT record. Its room is kept from then on, so options that matter come before the
  /// records; one that finds no room is left out.
  /// @return whether it was added: the query has EDNS, and there is room
  bool add_option(std::uint16_t code, Octets data) noexcept;

  void set_authoritative() noexcept { flags_ |= flag::authoritative; }
  /// Says that a client should ask again over TCP (TC).
  void set_truncated() noexcept { flags_ |= flag::truncated; }
  bool truncated() const noexcept { return (flags_ & flag::truncated) != 0; }

  /// Completes the message.
  /// @return its size in octets
  std::size_t finish(Rcode rcode) noexcept;

  /// The last place in a message that a compression pointer can name (RFC 1035 §4.1.4).
  static constexpr std::size_t max_pointer = 0x3FFF;

 private:
  std::span<std::uint8_t> room_;
  const Query& query_;
  std::size_t size_;
  std::size_t end_;          ///< of the records: room is kept for the OPT
  std::size_t options_ = 0;  ///< octets of options; they wait at the end of the room
  std::uint16_t flags_;
  std::array<std::uint16_t, 3> counts_{};
};

}  // namespace thence::dns
