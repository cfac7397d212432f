// How messages are read: EDNS, and what must never be answered or never crash.

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace message_test {

using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::Query;
using dns_asking::Responder;
using dns_messages::Messages;
using dns_messages::zones;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

using Rfc1035Message = Messages;
using Rfc6891 = Messages;

}  // namespace

TEST_F(Rfc6891, AReplyToEdnsCarriesEdnsAndNoOtherReplyDoes) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(4096)}}),
            "NOERROR aa\nedns 1232\nanswer www.t. 9 IN A 192.0.2.1\n");
  EXPECT_EQ(server.ask({.name = "www.t"}), "NOERROR aa\nanswer www.t. 9 IN A 192.0.2.1\n");
  EXPECT_EQ(server.ask({.name = "elsewhere", .additional = {opt(1232)}}), "REFUSED\nedns 1232\noption 15 0014\n");
}

TEST_F(Rfc6891, TwoOptsAreAFormatError) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232), opt(1232)}}), "FORMERR\nedns 1232\n");
}

TEST_F(Rfc6891, AnOptOfAnotherNameThanTheRootIsAFormatError) {
  Octets named{1, 'x'};
  dns_asking::add(named, opt(1232));
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {named}}), "FORMERR\nedns 1232\n");
}

TEST_F(Rfc6891, UnknownOptionsAreIgnored) {
  const Octets option{0xFF, 0xF0, 0, 2, 1, 2, 0xFF, 0xF1, 0, 0};
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 0, false, option)}}),
            "NOERROR aa\nedns 1232\nanswer www.t. 9 IN A 192.0.2.1\n");
}

TEST_F(Rfc6891, ABrokenListOfOptionsIsAFormatErrorWithEdns) {
  for (const auto& broken : {Octets{0}, Octets{0, 3, 0}, Octets{0, 3, 0, 5, 1}, Octets{0, 3, 0, 1, 1, 0, 3, 0, 1}}) {
    EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(4096, 0, true, broken)}}), "FORMERR\nedns 1232 do\n");
    EXPECT_EQ(server.outcome(), "formerr");
  }
}

TEST_F(Rfc6891, WhatAnotherVersionHasForOptionsIsNotJudged) {
  for (const auto& strange : {Octets{0, 3, 0}, Octets{0, 3, 0, 5, 1}}) {
    EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 1, false, strange)}}), "BADVERS\nedns 1232\n");
  }
}

TEST(Rfc3225, DnssecOkIsCopied) {
  Responder server(zones());
  EXPECT_THAT(server.ask({.name = "www.t", .additional = {opt(1232, 0, true)}}), HasSubstr("edns 1232 do\n"));
}

TEST_F(Rfc1035Message, AResponseIsNeverAnswered) {
  EXPECT_EQ(send(Query{.name = "www.t", .flags = 0x8000}.wire()), "nothing");
  EXPECT_EQ(server.outcome(), "response");
}

TEST_F(Rfc1035Message, LessThanAHeaderIsNotAnswered) {
  const auto whole = Query{.name = "www.t"}.wire();
  for (std::size_t size = 0; size < 12; ++size) {
    EXPECT_EQ(send(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "nothing");
    EXPECT_EQ(server.outcome(), "malformed");
  }
}

TEST_F(Rfc1035Message, EveryCutOffQueryIsAFormatError) {
  const auto whole = Query{.name = "www.t", .additional = {opt(1232, 0, true, {0xFD, 0xE9, 0, 2, 1, 2})}}.wire();
  for (std::size_t size = 12; size < whole.size(); ++size) {
    EXPECT_THAT(send(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), StartsWith("FORMERR"));
    EXPECT_EQ(server.outcome(), "formerr");
  }
  EXPECT_THAT(send(whole), StartsWith("NOERROR"));
}

TEST_F(Rfc1035Message, OctetsBehindTheMessageAreAFormatError) {
  auto message = Query{.name = "www.t"}.wire();
  message.push_back(0);
  EXPECT_THAT(send(message), StartsWith("FORMERR"));
}

TEST_F(Rfc1035Message, OtherCountsOfQuestionsThanOneAreAFormatError) {
  for (const unsigned questions : {0U, 2U, 0xFFFFU}) {
    EXPECT_EQ(server.ask({.name = "www.t", .questions = questions}), "FORMERR\n");
  }
}

TEST_F(Rfc1035Message, AQuestionWithAPointerOrABadLabelIsAFormatError) {
  const Octets header{0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  for (const auto& name : {Octets{0xC0, 12}, Octets{1, 'a', 0xC0, 12}, Octets{0x40, 'a', 0}, Octets{0x80, 0}}) {
    auto message = header;
    dns_asking::add(message, name);
    dns_asking::add(message, {0, 1, 0, 1});
    EXPECT_EQ(send(message), "FORMERR\n");
  }
}

TEST_F(Rfc1035Message, ANameOf255OctetsIsTheLongest) {
  const auto name_of = [](std::size_t last) {
    const std::string label(63, 'x');
    return label + '.' + label + '.' + label + '.' + std::string(last, 'y') + '.' + "t";
  };
  // Three labels of 64 octets, one of `last` + 1, `t` and the root.
  EXPECT_THAT(send(Query{.name = name_of(59)}.wire()), StartsWith("NXDOMAIN"));
  EXPECT_EQ(send(Query{.name = name_of(60)}.wire()), "FORMERR\n");
}

TEST_F(Rfc1035Message, ANameOf127LabelsIsTheOneWithMost) {
  std::string name;
  for (int i = 0; i < 126; ++i) name += "x.";
  EXPECT_THAT(send(Query{.name = name + "t"}.wire()), StartsWith("NXDOMAIN"));
  EXPECT_EQ(send(Query{.name = name + "x.t"}.wire()), "FORMERR\n");
}

TEST_F(Rfc1035Message, OtherRecordsInAQueryAreSkipped) {
  Octets record{0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4};
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {record, opt(1232)}}),
            "NOERROR aa\nedns 1232\nanswer www.t. 9 IN A 192.0.2.1\n");
}

}  // namespace message_test
