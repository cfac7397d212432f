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

/// A hash of octets, for tables of names. It is not keyed: only names that an operator configures go into a table.
std::uint64_t hash(Octets octets) noexcept;

/// An ASCII letter in lower case, another octet as it is (RFC 4343 §3).
constexpr std::uint8_t lower(std::uint8_t octet) noexcept {
  return octet >= 'A' && octet <= 'Z' ? static_cast<std::uint8_t>(octet | 0x20U) : octet;
}

/// Takes one octet off a text in presentation format that is not empty: a letter, or an escape of two or four letters
/// (RFC 1035 §5.1).
/// @return nothing where the escape is none
std::optional<std::uint8_t> take_octet(std::string_view& text) noexcept;

/// An absolute domain name in uncompressed wire form, its ASCII letters in lower case (RFC 4343), which knows where its
/// labels are. A value without allocation; it starts out as the root.
class Name {
 public:
  Name() noexcept { wire_[0] = 0; }

  /// Becomes the name at the start of octets that may go on after it.
  /// @return octets that the name takes; 0 where there is none, or one with a compression pointer. The name is the root
  ///         then.
  std::size_t assign(Octets from) noexcept;
  /// The same for octets in which a compression pointer, whatever its value, stands for a name: the end of this one.
  std::size_t assign(Octets from, const Name& end) noexcept;

  /// Reads presentation format (RFC 1035 §5.1, RFC 4343 §2.1): `www.example.com.`, `@`, `\.` and `\046`.
  /// @param origin what completes a relative name and what `@` stands for
  /// @return nothing where the text is not a name or the name is too long
  static std::optional<Name> parse(std::string_view text, const Name& origin);

  /// Presentation format, with the dot at the end.
  std::string text() const;

  Octets wire() const noexcept { return {wire_.data(), size_}; }
  std::size_t size() const noexcept { return size_; }
  /// Labels, the root's not counted.
  std::size_t labels() const noexcept { return labels_; }
  /// Where a label starts; for labels() that is the root's label.
  std::size_t offset(std::size_t label) const noexcept { return label < labels_ ? starts_[label] : size_ - 1U; }
  /// The name without its first labels.
  Octets without(std::size_t labels) const noexcept { return wire().subspan(offset(labels)); }
  /// Whether the name is that one or below it.
  bool is_within(Octets ancestor) const noexcept;

  friend bool operator==(const Name& a, const Name& b) noexcept;

 private:
  std::array<std::uint8_t, longest_name> wire_;
  /// One more than a name has labels: while it is read, another may begin at the last octet.
  std::array<std::uint8_t, longest_name / 2 + 1> starts_;
  std::uint8_t size_ = 1;
  std::uint8_t labels_ = 0;
};

/// Compares names in wire form and lower case in canonical order (RFC 4034 §6.1): label by label, from the root down.
std::strong_ordering canonical_order(Octets a, Octets b) noexcept;

/// A number by which most names within an apex sort in canonical order; where two are equal, the names decide.
/// @param name is within the apex, which has that many labels
std::uint64_t canonical_start(const Name& name, std::size_t apex_labels) noexcept;

}  // namespace thence::dns
