// The identifier of a server (RFC 5001).

#include "protocols/dns/identity/nsid.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/edns_options.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nsid_test {

using dns_asking::hex;
using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Responder;
using dns_edns_options::answer;
using dns_edns_options::mistakes;
using dns_edns_options::Options;
using dns_edns_options::zones;
using testing::HasSubstr;
using testing::Not;

namespace {

using Rfc5001 = Options;

}  // namespace

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

}  // namespace nsid_test
