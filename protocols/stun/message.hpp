#pragma once

#include "protocols/stun/attribute.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>

namespace thence::stun {

/// RFC 8489 §5. All integers are big-endian; the length is that of what follows the header: in octets, a multiple of 4.
///
///     0                   1                   2                   3
///     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     0 0| method and class           | length
///     magic cookie
///     transaction id (96 bits)
///
/// In a classic message (RFC 3489) the transaction id has 128 bits, and takes the place of the cookie too.
inline constexpr std::size_t header_size = 20;
inline constexpr std::size_t attribute_header_size = 4;  // §14: type and length of the value without padding
inline constexpr std::uint32_t magic_cookie = 0x2112A442;

/// The class of a message: these two bits of its type (RFC 8489 §5).
enum class MessageClass : std::uint16_t { request = 0x0000, indication = 0x0010, success = 0x0100, error = 0x0110 };

/// The method Binding: the other bits of the type (RFC 8489 §18.2).
inline constexpr std::uint16_t binding = 0x0001;

/// The method as text: `Binding`, or `method 0x003` for an unknown one.
std::string method_text(std::uint16_t method);

/// Magic cookie and transaction id, which a reply repeats (RFC 8489 §6.3.1.1, RFC 3489 §11.1).
using MessageId = std::span<const std::byte, 16>;

/// Whether the magic cookie is there: the message is of RFC 5389 or later, not a classic one.
/// @param start at least 8 octets
bool has_magic_cookie(std::span<const std::byte> start) noexcept;

/// The size of a message according to its header: in octets, including the header.
/// @param start at least 4 octets
/// @return 0 if no STUN message starts like this: one of the first two bits is set, or the length is not a multiple of
/// 4
std::size_t message_size(std::span<const std::byte> start) noexcept;

/// A view of a well-formed message. Iteration yields the attributes that count, in order: after MESSAGE-INTEGRITY or
/// MESSAGE-INTEGRITY-SHA256 it skips all but MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (RFC 8489 §14.5, §14.6).
class Message {
 public:
  /// @return nothing if the octets are not exactly one message (RFC 8489 §5, §6.3), an attribute overruns it (§14), or
  ///         FINGERPRINT is not last or not 4 octets long (§14.7)
  static std::optional<Message> read(std::span<const std::byte> octets) noexcept;

  std::span<const std::byte> octets() const noexcept { return octets_; }
  MessageClass message_class() const noexcept;
  /// The type without the bits of the class: equal to `binding` for that method.
  std::uint16_t method() const noexcept;
  MessageId id() const noexcept { return octets_.subspan<4, 16>(); }
  /// Whether it is an RFC 3489 message: it has no magic cookie (RFC 5389 §12.2).
  bool classic() const noexcept { return !has_magic_cookie(octets_); }
  bool has_fingerprint() const noexcept { return fingerprint_; }

  class Iterator {
   public:
    explicit Iterator(std::span<const std::byte> rest) noexcept : rest_(rest) {}
    Attribute operator*() const noexcept;
    Iterator& operator++() noexcept;
    bool operator==(std::default_sentinel_t) const noexcept { return rest_.empty(); }

   private:
    std::span<const std::byte> rest_;  // from this attribute to the end of the message
    bool behind_integrity_ = false;
  };
  Iterator begin() const noexcept { return Iterator(octets_.subspan(header_size)); }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// The first attribute of a type: the one that counts (RFC 8489 §14).
  std::optional<Attribute> find(AttributeType type) const noexcept;

 private:
  Message(std::span<const std::byte> octets, bool fingerprint) noexcept : octets_(octets), fingerprint_(fingerprint) {}

  std::span<const std::byte> octets_;
  bool fingerprint_;
};

/// Writes a Binding message into a buffer, front to back. After each call the message is complete, with the right
/// length.
class MessageWriter {
 public:
  /// Writes the header.
  /// @param buffer at least 20 octets
  MessageWriter(std::span<std::byte> buffer, MessageClass message_class, MessageId id) noexcept;

  /// Adds an attribute and its padding.
  /// @param length octets of the value without padding; with header and padding at most room()
  /// @return where the value is to be written
  std::span<std::byte> add(AttributeType type, std::size_t length) noexcept;

  /// Octets of the buffer that are left.
  std::size_t room() const noexcept { return buffer_.size() - size_; }
  std::span<const std::byte> message() const noexcept { return buffer_.first(size_); }
  MessageId id() const noexcept { return buffer_.subspan<4, 16>(); }
  bool classic() const noexcept { return !has_magic_cookie(buffer_); }

 private:
  std::span<std::byte> buffer_;
  std::size_t size_ = header_size;
};

}  // namespace thence::stun
