// Any octets as an upstream's answer. What is taken for one must be within the message, and a reply with its records
// must have as many again, whatever is done to the TTLs.

#include "protocols/dns/forward/upstream_message.hpp"
#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/network_order.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace {

using thence::dns::Octets;

void require(bool condition) {
  if (!condition) std::abort();
}

/// A query for a.test A with EDNS.
constexpr std::array<std::uint8_t, 35> query_octets{0,   1, 1, 0, 0, 1, 0, 0, 0,  0, 0,   1, 1, 'a', 4, 't', 'e', 's',
                                                    't', 0, 0, 1, 0, 1, 0, 0, 41, 4, 208, 0, 0, 0,   0, 0,   0};

Octets without_record(Octets from) {
  const std::size_t owner = thence::dns::skip_name(from);
  require(owner > 0 && from.size() >= owner + thence::dns::record_fixed);
  const std::size_t size = owner + thence::dns::record_fixed + thence::load16(from.data() + owner + 8);
  require(from.size() >= size);
  return from.subspan(size);
}

void check(Octets message, const thence::dns::Query& query) {
  const auto answer = thence::dns::read_upstream_answer(message, query.question);
  if (!answer) return;
  const Octets records = answer->records;
  require(records.data() >= message.data() && records.data() + records.size() <= message.data() + message.size());
  const auto lifetime = thence::dns::lifetime_of(*answer, query.type);
  require(lifetime <= 86'400);
  std::array<std::uint8_t, 512> options;
  const auto options_size = thence::dns::copy_forwarded_options(answer->options, options);
  require(options_size <= thence::dns::forwarded_options_size(answer->options));

  std::vector<std::uint8_t> buffer(65535);
  thence::dns::MessageWriter reply(buffer, query);
  reply.add_options(Octets(options).first(options_size));
  const auto added = reply.add_records(answer->records, answer->counts);
  if (!added) return;
  thence::dns::count_down(*added, 7);
  thence::dns::set_ttls(*added, 30);
  buffer.resize(reply.finish(thence::dns::Rcode::noerror));
  // A name that leads through a TTL is another one by now, but the records stand where they stood.
  Octets rest = Octets(buffer).subspan(thence::dns::header_size + query.question.size());
  for (const auto count : answer->counts) {
    for (std::size_t i = 0; i < count; ++i) rest = without_record(rest);
  }
  require(rest.size() == thence::dns::opt_size + options_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 65535) return 0;
  static const auto query = [] {
    thence::dns::Query read;
    require(thence::dns::read(query_octets, read) == thence::dns::Reading::query);
    return read;
  }();
  check({data, size}, query);
  // Few inputs would have the right question.
  if (size < 8) return 0;
  std::vector<std::uint8_t> message{0, 1, data[0], data[1], 0, 1};
  message[2] = static_cast<std::uint8_t>((message[2] | 0x80U) & 0x87U);
  for (std::size_t i = 2; i < 8; ++i) message.push_back(i % 2 == 0 ? 0 : data[i]);
  message.insert(message.end(), query.question.begin(), query.question.end());
  message.insert(message.end(), data + 8, data + size);
  check(message, query);
  return 0;
}
