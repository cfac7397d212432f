// What is sent to an upstream, and what is taken of its answers, whole and broken ones.

#include "protocols/dns/forward/upstream_message.hpp"

#include "tests/unit/protocols/dns/forward/upstream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace upstream_message_test {

using dns_asking::add;
using dns_asking::hex;
using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_upstream::address_record;
using dns_upstream::Answer;
using dns_upstream::record;
using dns_upstream::soa_record;
using thence::dns::read_upstream_answer;

namespace {

const Octets query = dns_asking::Query{"a.example"}.wire();
const Octets question(query.begin() + 12, query.end());

/// Whether the message is taken for an answer.
bool is_taken(const Octets& message) { return read_upstream_answer(message, question).has_value(); }

Octets changed(Octets message, std::size_t at, std::uint8_t octet) {
  message.at(at) = octet;
  return message;
}

Octets sent_for(const dns_asking::Query& asked) {
  const auto wire = asked.wire();
  thence::dns::Query read;
  EXPECT_EQ(thence::dns::read(wire, read), thence::dns::Reading::query);
  return thence::dns::write_upstream_query(read);
}

TEST(UpstreamQuery, IsTheClientsWithoutItsId) {
  EXPECT_EQ(hex(sent_for({.name = "A.b", .id = 0xFFFF, .flags = 0x0730})),
            "000001300001000000000000"
            "0141016200"
            "00010001")
      << "of the flags RD, AD, CD";
  EXPECT_EQ(hex(sent_for({.name = "A.b", .flags = 0, .additional = {opt(4096)}})),
            "000000000001000000000001"
            "0141016200"
            "00010001"
            "00002904d0000000000000");
}

TEST(UpstreamQuery, KeepsHopByHopOptionsBack) {
  Octets options = option(3);
  add(options, option(10, Octets(8)));
  add(options, option(5, {1}));
  add(options, option(12, Octets(4)));
  add(options, option(11, {0, 1}));
  add(options, option(8, {0, 0, 0, 0}));
  const auto sent = sent_for({.name = "a", .additional = {opt(4096, 0, true, options)}});
  EXPECT_EQ(hex(sent).substr(38),
            "00002904d000008000000d"
            "0005000101"
            "0008000400000000");
  EXPECT_EQ(thence::dns::without_opt(sent), sent_for({"a"}));
}

TEST(UpstreamOptions, AreCopiedWholeOrNotAtAll) {
  Octets options = option(65001, {1, 2, 3});
  add(options, option(65002, {4}));
  Octets room(8);
  EXPECT_EQ(thence::dns::forwarded_options_size(options), 12U);
  EXPECT_EQ(thence::dns::copy_forwarded_options(options, room), 7U);
  EXPECT_EQ(thence::dns::copy_forwarded_options(options, {}), 0U);
}

TEST(UpstreamAnswer, IsTakenApart) {
  const auto message = Answer{.flags = 0x85B0,
                              .rcode = 3,
                              .answer = {address_record(), address_record()},
                              .authority = {soa_record(1, 1)},
                              .additional = {address_record(), opt(4096, 0, true, option(15, {0, 1}))}}
                           .to(query);
  const auto answer = read_upstream_answer(message, question);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->flags, 0x85B3U);
  EXPECT_EQ(answer->rcode, 3U);
  EXPECT_THAT(answer->counts, testing::ElementsAre(2, 1, 1));
  EXPECT_TRUE(answer->has_opt);
  EXPECT_EQ(answer->options.size(), 6U);
  EXPECT_EQ(answer->records.data(), message.data() + query.size());
  EXPECT_EQ(answer->records.size(), 3 * address_record().size() + soa_record(1, 1).size());
}

TEST(UpstreamAnswer, HasNothingThatFollowsTheOpt) {
  const auto answer = read_upstream_answer(
      Answer{.answer = {address_record()}, .additional = {opt(512), address_record(), {0xFF}}}.to(query), question);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->counts, testing::ElementsAre(1, 0, 0));
  EXPECT_EQ(answer->records.size(), address_record().size());
}

TEST(UpstreamAnswer, HasACodeOfTwelveBits) {
  auto record = opt(512);
  record[5] = 1;
  const auto answer = read_upstream_answer(Answer{.rcode = 7, .additional = {record}}.to(query), question);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rcode, 23U);
}

TEST(UpstreamAnswer, IsToTheQuestion) {
  const auto message = Answer{}.to(query);
  EXPECT_TRUE(is_taken(message));
  EXPECT_TRUE(is_taken(changed(message, 13, 'A'))) << "letter case may differ";
  EXPECT_FALSE(is_taken(changed(message, 13, 'b')));
  EXPECT_FALSE(is_taken(changed(message, message.size() - 3, 2))) << "type";
  EXPECT_FALSE(is_taken(changed(message, message.size() - 4, 0x20))) << "which has no letter case";
  EXPECT_FALSE(is_taken(changed(message, message.size() - 1, 3))) << "class";
  EXPECT_FALSE(is_taken(changed(message, 2, 0x01))) << "no response";
  EXPECT_FALSE(is_taken(changed(message, 2, 0xA1))) << "another opcode";
  EXPECT_FALSE(is_taken(changed(message, 5, 0))) << "no question";
  EXPECT_FALSE(is_taken(changed(message, 5, 2))) << "two questions";
}

TEST(UpstreamAnswer, IsWhole) {
  const auto message = Answer{.answer = {address_record()},
                              .authority = {soa_record(1, 1)},
                              .additional = {opt(512, 0, false, option(15, {0, 1}))}}
                           .to(query);
  EXPECT_TRUE(is_taken(message));
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(is_taken(Octets(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
}

TEST(UpstreamAnswer, HasOptOnlyWhereItCanStand) {
  EXPECT_FALSE(is_taken(Answer{.answer = {opt(512)}}.to(query)));
  EXPECT_FALSE(is_taken(Answer{.authority = {opt(512)}}.to(query)));
  EXPECT_FALSE(is_taken(Answer{.additional = {record(41, 0, {})}}.to(query))) << "with a name";
  EXPECT_FALSE(is_taken(Answer{.additional = {opt(512, 0, false, {0, 1, 0})}}.to(query)));
  EXPECT_FALSE(is_taken(Answer{.additional = {opt(512, 0, false, {0, 1, 0, 1})}}.to(query)));
}

TEST(UpstreamAnswer, HasOwnersThatCanBeRead) {
  const auto owner = [](const Octets& name) { return is_taken(Answer{.answer = {record(1, 1, {}, name)}}.to(query)); };
  EXPECT_TRUE(owner({0}));
  EXPECT_TRUE(owner({1, 'x', 0xC0, 12}));
  EXPECT_FALSE(owner({0xC0, 11})) << "into the header";
  EXPECT_FALSE(owner({0xC0, 27})) << "to itself";
  EXPECT_FALSE(owner({0xC0, 40})) << "forward";
  EXPECT_FALSE(owner({1, 'x', 0xC0, 27})) << "round and round";
  EXPECT_FALSE(owner({0x40, 0}));
  EXPECT_FALSE(owner({0x80, 0}));
  Octets longest;
  for (int i = 0; i < 3; ++i) add(longest, dns_asking::wire_name(std::string(63, 'x'))), longest.pop_back();
  const auto with = [&](std::size_t last) {
    auto name = longest;
    add(name, dns_asking::wire_name(std::string(last, 'x')));
    return name;
  };
  EXPECT_TRUE(owner(with(61)));
  EXPECT_FALSE(owner(with(62)));
  auto compressed = longest;
  add(compressed, dns_asking::wire_name(std::string(52, 'x')));
  compressed.pop_back();
  add(compressed, {0xC0, 12});
  EXPECT_FALSE(owner(compressed)) << "longer than 255 octets with what it points to";
}

TEST(UpstreamRecords, GetOtherTtls) {
  auto records = address_record(300);
  add(records, soa_record(20, 1));
  thence::dns::count_down(records, 30);
  auto expected = address_record(270);
  add(expected, soa_record(0, 1));
  EXPECT_EQ(hex(records), hex(expected));
  thence::dns::set_ttls(records, 30);
  expected = address_record(30);
  add(expected, soa_record(30, 1));
  EXPECT_EQ(hex(records), hex(expected));
  thence::dns::count_down({}, 1);
}

}  // namespace

}  // namespace upstream_message_test
