// The options of EDNS, other than cookies, and what is said about errors.

#include "protocols/dns/wire/client_subnet.hpp"
#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/edns_options.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edns_test {

using dns_asking::hex;
using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::Responder;
using dns_edns_options::answer;
using dns_edns_options::Options;
using testing::StartsWith;
using thence::Transport;

namespace {

using Rfc6891Options = Options;
using Rfc7828 = Options;
using Rfc7830 = Options;
using Rfc8906Options = Options;
using Rfc8914 = Options;

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
  thence::LoneHost host;
  thence::dns::Server server(std::make_shared<const thence::dns::Settings>(std::move(settings)), host);
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

}  // namespace edns_test
