#pragma once

#include "config/reader.hpp"
#include "protocols/stun/message_integrity.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace thence::stun {

/// Limits of a users file. Names are shorter than 509 octets (RFC 8489 §14.3); the RFC sets no limit for passwords.
inline constexpr std::size_t longest_user_name = 508;                 ///< octets
inline constexpr std::size_t longest_password = 508;                  ///< octets
inline constexpr std::size_t most_users = 100'000;                    ///< in a file
inline constexpr std::size_t largest_users_file = 8UL * 1024 * 1024;  ///< octets

/// A user and its keys.
struct User {
  std::string name;                        ///< as in USERNAME
  std::string password;                    ///< the key of the short-term mechanism (RFC 8489 §9.1.1), else empty
  std::array<std::byte, 16> md5_key{};     ///< long-term mechanism (§9.2.2); else zeros, as are the next two
  std::array<std::byte, 32> sha256_key{};  ///< §18.5.1.2
  std::array<std::byte, 32> userhash{};    ///< §14.4
};

/// The users of a file. Lookups allocate nothing.
class Users {
 public:
  Users() = default;
  /// @param users each name once
  explicit Users(std::vector<User> users);

  std::size_t size() const noexcept { return users_.size(); }

  /// @param name the value of USERNAME
  /// @return nullptr if there is no such user; valid for as long as this object
  const User* find(std::span<const std::byte> name) const noexcept;
  /// @param userhash the value of USERHASH; if it is not 32 octets long, there is no such user
  const User* find_hashed(std::span<const std::byte> userhash) const noexcept;

 private:
  std::vector<User> users_;             // by name
  std::vector<std::uint32_t> by_hash_;  // indexes into users_, sorted by userhash
};

/// Reads a users file: one `NAME PASSWORD` per line, separated by spaces or tabs; a word that starts with `#` begins a
/// comment. Both are UTF-8 and used as they are: the file must have them in the form of OpaqueString (RFC 8265), which
/// clients send. Errors go to the cursor's problems, those in the file with its name and line.
/// @param at where the configuration names the file
/// @param realm for the long-term mechanism; empty: the short-term one
/// @return no users if errors were reported
Users read_users(const config::Cursor& at, const std::filesystem::path& file, std::string_view realm);

}  // namespace thence::stun
