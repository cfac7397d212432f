// The options of EDNS, other than cookies, and what is said about errors.

#include "protocols/dns/wire/client_subnet.hpp"
#include "tests/unit/protocols/dns/asking.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using dns_asking::hex;
using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::Responder;
using dns_asking::unhex;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using thence::Transport;
using thence::dns::read_client_subnet;

namespace {

constexpr auto zones = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'www 9 A 192.0.2.1'] }]\n";
const std::string answer = "answer www.t. 9 IN A 192.0.2.1\n";

class Options : public testing::Test {
 protected:
  std::string ask(const Octets& options, Query query = {.name = "www.t"}) {
    query.additional = {opt(1232, 0, false, options)};
    return server.ask(query);
  }

  /// The client subnet of a reply to a query with one, or what is wrong with it.
  std::string echo(const std::string& subnet) {
    const auto reply = ask(option(8, unhex(subnet)));
    if (reply == "FORMERR\nedns 1232\n") return "FORMERR";
    const std::string before = "NOERROR aa\nedns 1232\noption 8 ";
    if (!reply.starts_with(before) || !reply.ends_with('\n' + answer)) return reply;
    return reply.substr(before.size(), reply.size() - before.size() - 1 - answer.size());
  }

  Responder server{std::string("nsid: node-7\n") + zones};
};

using Rfc5001 = Options;
using Rfc6891Options = Options;
using Rfc7828 = Options;
using Rfc7830 = Options;
using Rfc7871 = Options;
using Rfc8906Options = Options;
using Rfc8914 = Options;

std::string mistakes(const std::string& yaml) {
  try {
    Responder server{yaml};
  } catch (const thence::config::Invalid& invalid) {
    return invalid.what();
  }
  return "none";
}

}  // namespace

TEST_F(Rfc6891Options, AListOfOptionsThatEndsWrongIsAFormatError) {
  for (const auto& options : {Octets{0}, Octets{0, 3, 0}, Octets{0, 3, 0, 1}, Octets{0xFD, 0xE9, 0, 2, 1}}) {
    EXPECT_EQ(ask(options), "FORMERR\nedns 1232\n") << hex(options);
  }
}

TEST_F(Rfc6891Options, OptionsOfALaterVersionAreThatVersions) {
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 1, false, option(8, {0}))}}), "BADVERS\nedns 1232\n");
}

TEST_F(Rfc8906Options, UnknownOptionsAreIgnored) {
  auto options = option(100, {1, 2, 3});
  dns_asking::add(options, option(65535));
  dns_asking::add(options, option(0));
  EXPECT_EQ(ask(options), "NOERROR aa\nedns 1232\n" + answer);
}

TEST_F(Rfc5001, TheIdentifierIsSentWhereItIsAskedFor) {
  EXPECT_EQ(ask(option(3)),
            "NOERROR aa\nedns 1232\noption 3 " + hex(Octets{'n', 'o', 'd', 'e', '-', '7'}) + '\n' + answer);
  EXPECT_EQ(server.counter("with-nsid"), 1U);
  EXPECT_THAT(ask({}), Not(HasSubstr("option")));
  EXPECT_THAT(ask(option(3, {1, 2})), HasSubstr("option 3 6e6f64652d37\n")) << "what a client puts there means nothing";
  EXPECT_THAT(ask(option(3), {.name = "elsewhere"}), HasSubstr("option 3 6e6f64652d37\n"));
}

TEST(Rfc5001Settings, WithoutOneThereIsNone) {
  Responder server(zones);
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {opt(1232, 0, false, option(3))}}),
            "NOERROR aa\nedns 1232\n" + answer);
}

TEST(Rfc5001Settings, AnIdentifierIsTextOrHexadecimal) {
  const auto reply = [](const std::string& yaml) {
    return Responder(yaml).ask({.name = "t", .additional = {opt(1232, 0, false, option(3))}});
  };
  EXPECT_THAT(reply("nsid: 0x00ffAb"), HasSubstr("option 3 00ffab\n"));
  EXPECT_THAT(reply("nsid: '" + std::string(255, 'x') + "'"), HasSubstr("option 3 7878"));
  EXPECT_THAT(mistakes("nsid: '" + std::string(256, 'x') + "'"), HasSubstr("nsid: 256 octets; allowed: at most 255"));
  EXPECT_THAT(mistakes("nsid: 0x123"), HasSubstr("nsid: '0x123' is not hexadecimal; allowed: 0x and pairs of digits"));
  EXPECT_THAT(mistakes("nsid: 0x"), HasSubstr("is not hexadecimal"));
  EXPECT_THAT(mistakes("nsid: 0x1g"), HasSubstr("is not hexadecimal"));
}

TEST_F(Rfc7871, AClientSubnetIsEchoedWithScope0) {
  EXPECT_EQ(echo("00011800c00002"), "00011800c00002");
  EXPECT_EQ(echo("00012000c0000201"), "00012000c0000201");
  EXPECT_EQ(echo("0002380020010db8000000"), "0002380020010db8000000");
  EXPECT_EQ(echo("0002800020010db8000000000000000000000001"), "0002800020010db8000000000000000000000001");
  EXPECT_EQ(echo("00011700c00002"), "00011700c00002");
  EXPECT_EQ(echo("00010100"
                 "80"),
            "0001010080");
  EXPECT_EQ(server.counter("with-client-subnet"), 6U);
}

TEST_F(Rfc7871, WithoutAnAddressTheFamilyDoesNotMatter) {
  for (const auto* const none : {"00000000", "00010000", "00020000"}) EXPECT_EQ(echo(none), none);
}

TEST_F(Rfc7871, AMalformedClientSubnetIsAFormatError) {
  const std::vector<std::string> malformed{
      "",                    // no fields
      "000118",              // cut off
      "00030000",            // an unknown family
      "00000800",            // a prefix of no family
      "0000080001",          // an address of no family
      "01010000",            // a family of two octets
      "00011818c00002",      // a scope in a query
      "00011800c000",        // fewer octets than the prefix has
      "00011800c0000201",    // more octets
      "00011700c00003",      // a bit behind the prefix
      "00012100c000020100",  // more bits than IPv4 has
      "0002810020010db8000000000000000000000001"
      "00",  // more bits than IPv6 has
  };
  for (const auto& each : malformed) EXPECT_EQ(echo(each), "FORMERR") << each;
  EXPECT_EQ(server.outcome(), "formerr");
}

TEST_F(Rfc7871, AClientSubnetIsEchoedInErrorsAndInClassInOnly) {
  EXPECT_THAT(ask(option(8, unhex("00011800c00002")), {.name = "elsewhere"}), HasSubstr("option 8 00011800c00002\n"));
  EXPECT_THAT(ask(option(8, unhex("00011800c00002")), {.name = "id.server", .type = "TXT", .rr_class = 3}),
              Not(HasSubstr("option 8")));
}

TEST_F(Rfc7871, AQueryHasThePrefix) {
  const auto subnet = read_client_subnet(unhex("0002380020010db8000000"));
  ASSERT_TRUE(subnet);
  EXPECT_EQ(subnet->family, thence::dns::ClientSubnet::ipv6);
  EXPECT_EQ(subnet->source, 56);
  EXPECT_EQ(hex(subnet->address), "20010db8000000000000000000000000");

  const auto message =
      Query{.name = "www.t", .additional = {opt(1232, 0, false, option(8, unhex("00011800c00002")))}}.wire();
  thence::dns::Query query;
  ASSERT_EQ(thence::dns::read(message, query), thence::dns::Reading::query);
  EXPECT_EQ(query.edns->client_subnet->source, 24);
}

/// Padding hides the size of what is encrypted; nothing is here (RFC 7830 §6).
TEST_F(Rfc7830, NothingIsEverPadded) {
  for (const auto transport : {Transport::udp, Transport::tcp}) {
    EXPECT_EQ(ask(option(12, Octets(40, 0)), {.name = "www.t", .transport = transport}),
              "NOERROR aa\nedns 1232\n" + answer);
  }
}

TEST_F(Rfc7828, OverUdpKeepaliveIsIgnored) {
  EXPECT_EQ(ask(option(11)), "NOERROR aa\nedns 1232\n" + answer);
  EXPECT_EQ(ask(option(11, {0, 1})), "NOERROR aa\nedns 1232\n" + answer);
}

TEST_F(Rfc8914, WhatIsRefusedByPolicyIsProhibited) {
  const std::string prohibited = "REFUSED\nedns 1232\noption 15 0012\n";
  EXPECT_EQ(ask({}, {.name = "www.t", .rr_class = 3}), prohibited);
  EXPECT_EQ(ask({}, {.name = "www.t", .rr_class = 255}), prohibited);
  EXPECT_EQ(ask({}, {.name = "t", .type = "AXFR", .transport = Transport::tcp}), prohibited);
  EXPECT_EQ(ask({}, {.name = "t", .type = "IXFR"}), prohibited);
}

TEST_F(Rfc8914, ANameOutOfAllZonesIsNotAuthoritative) {
  EXPECT_EQ(ask({}, {.name = "elsewhere"}), "REFUSED\nedns 1232\noption 15 0014\n");
}

TEST(Rfc8914Zone, AZoneWhoseDataAreBrokenHasInvalidData) {
  const auto file = std::filesystem::temp_directory_path() / ("thence-edns-" + std::to_string(::getpid()));
  std::ofstream(file) << "@ 60 A 192.0.2.1\n";
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("t.yaml", "zones: [{ name: t, file: " + file.string() + " }]");
  auto settings = thence::dns::read_settings(thence::config::Cursor(document, problems));
  std::filesystem::remove(file);
  boost::asio::io_context context;
  thence::InterfaceTable interfaces;
  thence::Counters counters;
  thence::dns::Server server(std::make_shared<const thence::dns::Settings>(std::move(settings)),
                             {context.get_executor(), interfaces, counters, {}});
  const auto ask = [&](const Query& query) {
    const auto message = query.wire();
    Octets buffer(4096);
    thence::Reply reply{std::as_writable_bytes(std::span(buffer)), 0, {}};
    EXPECT_EQ(server.respond({std::as_bytes(std::span(message)), {}}, reply).outcome->name, "servfail");
    buffer.resize(reply.size);
    return dns_asking::text_of(buffer);
  };
  EXPECT_EQ(ask({.name = "www.t", .additional = {opt(1232)}}), "SERVFAIL\nedns 1232\noption 15 0018\n");
  EXPECT_EQ(ask({.name = "www.t"}), "SERVFAIL\n");
}

TEST_F(Rfc8914, AnotherOpcodeIsNotSupported) {
  EXPECT_EQ(ask({}, {.name = "www.t", .flags = 0x2000}), "NOTIMPL\nedns 1232\noption 15 0015\n");
}

TEST_F(Rfc8914, WithoutEdnsThereIsNoExtendedError) {
  EXPECT_EQ(server.ask({.name = "elsewhere"}), "REFUSED\n");
  EXPECT_EQ(server.ask({.name = "www.t", .flags = 0x2000}), "NOTIMPL\n");
}

/// RFC 8906 §3.1.3 and §3.1.4: opcodes, and flags that are not today's.
TEST_F(Rfc8906Options, AnotherOpcodeIsNotImplementedWhateverTheSections) {
  for (unsigned opcode = 1; opcode < 16; ++opcode) {
    for (const unsigned questions : {0U, 1U, 2U, 0xFFFFU}) {
      const auto reply = server.ask({.name = "www.t", .flags = opcode << 11U, .questions = questions});
      EXPECT_EQ(reply, "NOTIMPL\n") << opcode << ' ' << questions;
      EXPECT_EQ(server.outcome(), "notimp");
    }
  }
}

TEST_F(Rfc8906Options, UnknownFlagsAreIgnoredAndNotCopied) {
  constexpr unsigned checking_disabled = 0x0010;
  constexpr unsigned authentic_data = 0x0020;
  constexpr unsigned reserved = 0x0040;
  constexpr unsigned recursion_available = 0x0080;
  const std::string plain = server.ask({.name = "www.t"});
  EXPECT_EQ(plain, "NOERROR aa\n" + answer);
  for (const unsigned flags : {checking_disabled, authentic_data, reserved, recursion_available, 0x0600U, 0x000FU}) {
    EXPECT_EQ(server.ask({.name = "www.t", .flags = flags}), plain) << flags;
    EXPECT_EQ(server.ask({.name = "elsewhere", .flags = flags}), "REFUSED\n") << flags;
  }
  // Flags of EDNS other than DO (RFC 8906 §3.2.3).
  auto record = opt(1232);
  record[7] = 0x7F;
  record[8] = 0xFF;
  EXPECT_EQ(server.ask({.name = "www.t", .additional = {record}}), "NOERROR aa\nedns 1232\n" + answer);
}

TEST_F(Rfc6891Options, OptionsTakeRoomFromTheRecordsAndNeverGoOverTheLimit) {
  std::string yaml = "nsid: '" + std::string(255, 'n') + "'\nzones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1'";
  for (int i = 0; i < 28; ++i) yaml += ", 'a 9 A 192.0.2." + std::to_string(i) + "'";
  Responder full(yaml + "] }]");
  const auto ask_for = [&](const Octets& options) {
    return full.reply_to(Query{.name = "a.t", .additional = {opt(512, 0, false, options)}});
  };
  EXPECT_THAT(dns_asking::text_of(ask_for({})), StartsWith("NOERROR aa\n"));
  const auto with_options = ask_for(option(3));
  EXPECT_THAT(dns_asking::text_of(with_options), StartsWith("NOERROR aa tc\nedns 1232\noption 3 6e6e"));
  EXPECT_LE(with_options.size(), 512U);
}
