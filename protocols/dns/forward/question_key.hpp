#pragma once

#include "protocols/dns/forward/upstream_message.hpp"
#include "protocols/dns/wire/message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// Octets and their hash, for tables.
struct HashedKey {
  Octets octets;
  std::uint64_t hash = 0;

  friend bool operator==(const HashedKey& a, const HashedKey& b) noexcept {
    return a.hash == b.hash && std::ranges::equal(a.octets, b.octets);
  }
};

/// Makes hashes that clients cannot know, so that they cannot choose questions whose hashes are the same.
using HashSecret = std::array<std::uint8_t, 8>;

/// What tells questions apart that may have different answers: view, source, name in lower case, type, class, RD, AD,
/// CD, DO, whether there is EDNS, and the options that are passed on. A value without allocation.
class QuestionKey {
 public:
  /// @param view where the question is answered from, by its number
  /// @param source the address that upstreams are asked from, where that depends on the request; else unspecified
  /// @param query with at most most_options octets of options that are passed on
  QuestionKey(const HashSecret& secret, std::uint16_t view, const boost::asio::ip::address& source,
              const Query& query) noexcept;

  HashedKey hashed() const noexcept {
    return {Octets(octets_).subspan(sizeof(HashSecret), size_ - sizeof(HashSecret)), hash_};
  }

 private:
  void add(Octets octets) noexcept;

  static constexpr std::size_t fixed = 2 + 1 + 16 + 1 + question_tail;  ///< view, source, bits, type and class
  std::array<std::uint8_t, sizeof(HashSecret) + fixed + longest_name + most_options> octets_;  ///< the secret first
  std::size_t size_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace thence::dns
