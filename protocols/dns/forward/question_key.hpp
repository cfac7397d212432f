#pragma once

#include "protocols/dns/forward/upstream_message.hpp"
#include "protocols/dns/wire/message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// Octets and their hash, for hash tables.
struct HashedKey {
  Octets octets;
  std::uint64_t hash = 0;

  friend bool operator==(const HashedKey& a, const HashedKey& b) noexcept {
    return a.hash == b.hash && std::ranges::equal(a.octets, b.octets);
  }
};

/// Makes hashes unpredictable, so that clients cannot choose questions that collide.
using HashSecret = std::array<std::uint8_t, 8>;

/// Everything that the answer to a question may depend on: view, source, name in lower case, type, class, RD, AD, CD,
/// DO, whether there is EDNS, and the options that are passed on. Does not allocate.
class QuestionKey {
 public:
  /// @param view the number of the view
  /// @param source the address that upstreams are asked from, if that depends on the request; else unspecified
  /// @param query with at most most_options octets of options to pass on
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
