#include "protocols/dns/forward/question_key.hpp"

namespace thence::dns {

namespace {

/// The bits of a query's header and OPT that an answer depends on, and whether there is an OPT, in one octet.
std::uint8_t bits_of(const Query& query) noexcept {
  const unsigned asked = query.flags & (flag::recursion_desired | flag::authentic_data | flag::checking_disabled);
  const unsigned edns = query.edns ? (query.edns->dnssec_ok ? 3U : 1U) : 0U;
  return static_cast<std::uint8_t>((asked >> 8U) | (asked & 0xFFU) | edns << 1U);
}

}  // namespace

QuestionKey::QuestionKey(const HashSecret& secret, std::uint16_t view, const boost::asio::ip::address& source,
                         const Query& query) noexcept {
  add(secret);
  std::array<std::uint8_t, 2 + question_tail> numbers;
  store16(numbers.data(), view);
  store16(numbers.data() + 2, query.type);
  store16(numbers.data() + 4, query.rr_class);
  add(numbers);
  const std::array<std::uint8_t, 2> lengths{bits_of(query), static_cast<std::uint8_t>(source.is_unspecified() ? 0
                                                                                      : source.is_v4()        ? 4
                                                                                                              : 16)};
  add(lengths);
  if (lengths[1] == 4) add(source.to_v4().to_bytes());
  if (lengths[1] == 16) add(source.to_v6().to_bytes());
  add(query.name.wire());
  // A name is self-delimiting, so the options can follow it directly.
  if (query.edns) size_ += copy_forwarded_options(query.edns->options, std::span(octets_).subspan(size_));
  hash_ = hash(Octets(octets_).first(size_));
}

void QuestionKey::add(Octets octets) noexcept {
  std::ranges::copy(octets, octets_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += octets.size();
}

}  // namespace thence::dns
