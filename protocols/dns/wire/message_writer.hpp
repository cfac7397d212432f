#pragma once

#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/rrset.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace thence::dns {

enum class Section : std::uint8_t { answer, authority, additional };

/// The owner of records to add.
struct Owner {
  Octets name;               ///< wire form, lower case; within the apex if it has to be written
  std::size_t position = 0;  ///< where the message already has that name; 0: nowhere
};

/// Writes the reply to a query into a buffer of fixed size: header, the question as sent, records, OPT.
class MessageWriter {
 public:
  /// @param room for the whole message; 512 to 65535 octets
  MessageWriter(std::span<std::uint8_t> room, const Query& query) noexcept;

  /// Where the next record will start.
  std::size_t position() const noexcept { return size_; }
  /// What has been written.
  Octets written() const noexcept { return {room_.data(), size_}; }

  /// The apex of the zone that is answered from, which the question ends with: what names are compressed with.
  void set_apex(const Name& apex) noexcept { apex_ = {apex.wire(), header_size + query_.name.size() - apex.size()}; }
  Owner apex() const noexcept { return apex_; }
  Owner question() const noexcept { return {query_.name.wire(), header_size}; }

  /// Adds a whole RRset and its signatures or, if they do not fit, nothing (RFC 2181 §9).
  /// @return whether they were added
  bool add(Section section, const RRset& rrset, const RRset& signatures, const Owner& owner) noexcept;
  bool add(Section section, const RRset& rrset, const Owner& owner) noexcept { return add(section, rrset, {}, owner); }

  /// Where the RDATA begins of the first record of the RRset added last.
  std::size_t last_rdata() const noexcept { return last_rdata_; }

  /// Lowers the TTL of the RRset added last, which must be a single record.
  void lower_last_ttl(std::uint32_t ttl) noexcept;

  /// Adds an option to the reply's OPT record. Its room is reserved from then on, so add important options before the
  /// records. One that does not fit is left out.
  /// @return its data, which may be changed until finish(); nullptr if it was not added, because the query has no EDNS
  /// or there is no room
  std::uint8_t* add_option(std::uint16_t code, Octets data) noexcept;

  /// Adds options in the form of an OPT record: all or, if they do not fit, none.
  /// @return whether they were added
  bool add_options(Octets options) noexcept;
  /// The options so far, in the form of an OPT record.
  Octets options() const noexcept { return Octets(room_).subspan(end_ + (query_.edns ? opt_size : 0), options_); }

  /// Adds the records of a message whose header and question have the same size as here, so that compression pointers
  /// stay valid. Must come before any other record.
  /// @param counts of the records in the three sections
  /// @return the records in this message; nothing if they did not fit and were not added
  std::optional<std::span<std::uint8_t>> add_records(Octets records,
                                                     const std::array<std::uint16_t, 3>& counts) noexcept;

  /// Limit on the whole message in octets.
  std::size_t room() const noexcept { return room_.size(); }

  /// Sets bits of the header's second word.
  void set_flags(std::uint16_t flags) noexcept { flags_ = static_cast<std::uint16_t>(flags_ | flags); }
  void set_authoritative() noexcept { flags_ |= flag::authoritative; }
  /// Sets TC, which tells the client to retry over TCP.
  void set_truncated() noexcept { flags_ |= flag::truncated; }
  bool truncated() const noexcept { return (flags_ & flag::truncated) != 0; }

  /// Completes the message.
  /// @return its size in octets
  std::size_t finish(Rcode rcode) noexcept;

  /// The last position in a message that a compression pointer can refer to (RFC 1035 §4.1.4).
  static constexpr std::size_t max_pointer = 0x3FFF;

 private:
  std::size_t spelled_size(const Owner& owner) const noexcept;
  void spell(const Owner& owner) noexcept;
  void write_records(const RRset& rrset, Owner& owner) noexcept;
  void point_to_apex(std::uint16_t type, std::uint8_t* rdata) noexcept;

  std::span<std::uint8_t> room_;
  const Query& query_;
  std::size_t size_;
  std::size_t end_;          ///< limit of the records, which leaves room for the OPT
  std::size_t options_ = 0;  ///< octets of options, which are kept at the end of the buffer until finish()
  std::uint16_t flags_;
  std::array<std::uint16_t, 3> counts_{};
  Owner apex_;
  std::size_t last_rdata_ = 0;
};

}  // namespace thence::dns
