#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thence::dns {

/// Octets of the longest name in wire form (RFC 1035 §2.3.4).
inline constexpr std::size_t longest_name = 255;

/// A hash of octets, for tables of names. It need not be keyed, as tables hold only names that the operator configures.
std::uint64_t hash(Octets octets) noexcept;

/// Converts ASCII letters to lower case (RFC 4343 §3).
constexpr std::uint8_t lower(std::uint8_t octet) noexcept {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet | 0x20U) : octet;
}

/// Takes one octet off a non-empty text in presentation format: a character, or an escape of two or four characters
/// (RFC 1035 §5.1).
/// @return nothing if an escape is invalid
std::optional<std::uint8_t> take_octet(std::string_view& text) noexcept;

/// An absolute domain name in uncompressed wire form and lower case (RFC 4343), with an index of its labels. Does not
/// allocate; starts out as the root.
class Name {
 public:
  Name() noexcept { wire_[0] = 0; }

  /// Takes the value of the name at the start of octets, which may continue after it.
  /// @return octets of the name; 0 if there is none, or one with a compression pointer: this is then the root
  std::size_t assign(Octets from) noexcept;
  /// The same for octets in which any compression pointer, whatever its value, stands for the name `end`.
  std::size_t assign(Octets from, const Name& end) noexcept;

  /// Reads presentation format (RFC 1035 §5.1, RFC 4343 §2.1): `www.example.com.`, `@`, `\.` and `\046`.
  /// @param origin completes a relative name, and is the value of `@`
  /// @return nothing if the text is not a name or the name is too long
  static std::optional<Name> parse(std::string_view text, const Name& origin);

  /// Presentation format, with the trailing dot.
  std::string text() const;

  Octets wire() const noexcept { return {wire_.data(), size_}; }
  std::size_t size() const noexcept { return size_; }
  /// Labels, not counting the root's.
  std::size_t labels() const noexcept { return labels_; }
  /// Where a label starts; labels() is the root's label.
  std::size_t offset(std::size_t label) const noexcept { return label < labels_ ? starts_[label] : size_ - 1U; }
  /// The name without its first labels.
  Octets without(std::size_t labels) const noexcept { return wire().subspan(offset(labels)); }
  /// Whether the name equals the ancestor or is below it.
  bool is_within(Octets ancestor) const noexcept;

  friend bool operator==(const Name& a, const Name& b) noexcept;

 private:
  std::array<std::uint8_t, longest_name> wire_;
  /// One more than a name can have labels: while parsing, another may begin at the last octet.
  std::array<std::uint8_t, longest_name / 2 + 1> starts_;
  std::uint8_t size_ = 1;
  std::uint8_t labels_ = 0;
};

/// Compares names in wire form and lower case in canonical order (RFC 4034 §6.1): label by label, from the root down.
std::strong_ordering canonical_order(Octets a, Octets b) noexcept;

/// A number that sorts most names within an apex in canonical order; for equal numbers, compare the names.
/// @param name is within the apex, which has that many labels
std::uint64_t canonical_start(const Name& name, std::size_t apex_labels) noexcept;

}  // namespace thence::dns
