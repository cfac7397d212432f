// How replies are bounded: the size that a client takes, and truncation.

#include "protocols/dns/wire/message_writer.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/messages.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace message_writer_test {

using dns_asking::opt;
using dns_asking::Query;
using dns_asking::Responder;
using dns_messages::count;
using dns_messages::Messages;
using testing::StartsWith;

namespace {

using Rfc2181Truncation = Messages;
using Rfc6891 = Messages;

}  // namespace

TEST_F(Rfc6891, TheSizeOfTheClientIsHonouredUpTo1232Octets) {
  const Query query{.name = "medium.t"};
  EXPECT_LE(server.reply_to(query).size(), 512U);
  EXPECT_THAT(server.ask(query), StartsWith("NOERROR aa tc\n"));
  const auto medium = [&](unsigned payload) { return server.ask({.name = "medium.t", .additional = {opt(payload)}}); };
  // Header, question, 40 records and the OPT take 12 + 14 + 640 + 11 octets.
  EXPECT_THAT(medium(676), StartsWith("NOERROR aa tc\n"));
  EXPECT_EQ(count(medium(677), "answer"), 40U);
  EXPECT_THAT(medium(0), StartsWith("NOERROR aa tc\n")) << "less than 512 means 512";
  EXPECT_THAT(server.ask({.name = "big.t", .additional = {opt(65535)}}), StartsWith("NOERROR aa tc\n"));
}

TEST(Rfc6891Size, LessThan512Means512) {
  std::string yaml = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1'";
  for (int i = 0; i < 29; ++i) yaml += ", 'a 9 A 192.0.2." + std::to_string(i) + "'";
  Responder server(yaml + "] }]");
  EXPECT_EQ(count(server.ask({.name = "a.t", .additional = {opt(100)}}), "answer"), 29U);
}

TEST_F(Rfc2181Truncation, OnlyWholeRRsetsAreSent) {
  EXPECT_EQ(server.ask({.name = "big.t"}), "NOERROR aa tc\n");
  EXPECT_EQ(server.outcome(), "truncated");
  EXPECT_EQ(server.ask({.name = "to-big.t"}), "NOERROR aa tc\nanswer to-big.t. 9 IN CNAME big.t.\n");
}

}  // namespace message_writer_test
