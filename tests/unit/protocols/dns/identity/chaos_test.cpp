// The names of class CH that tell about a server.

#include "tests/unit/protocols/dns/asking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace chaos_test {

using dns_asking::opt;
using dns_asking::Responder;
using testing::HasSubstr;

namespace {

constexpr unsigned chaos = 3;

}  // namespace

TEST(Rfc4892, NamesAreAnsweredWhereConfigured) {
  Responder server("chaos: { id: node-7, version: 'Thence 1' }");
  for (const std::string name : {"id.server", "hostname.bind"}) {
    EXPECT_EQ(server.ask({.name = name, .type = "TXT", .rr_class = chaos}),
              "NOERROR\nanswer " + name + ". 0 CH TXT \"node-7\"\n");
  }
  for (const std::string name : {"version.server", "version.bind"}) {
    EXPECT_EQ(server.ask({.name = name, .type = "TXT", .rr_class = chaos, .additional = {opt(1232)}}),
              "NOERROR\nedns 1232\nanswer " + name + ". 0 CH TXT \"Thence 1\"\n");
  }
  EXPECT_EQ(server.outcome(), "chaos");
  EXPECT_EQ(server.action(), thence::Verdict::Action::reply);
  EXPECT_EQ(server.ask({.name = "ID.Server", .type = "TXT", .rr_class = chaos, .transport = thence::Transport::tcp}),
            "NOERROR\nanswer ID.Server. 0 CH TXT \"node-7\"\n");
  EXPECT_THAT(server.ask({.name = "id.server", .type = "ANY", .rr_class = chaos}), HasSubstr("\"node-7\""));
}

TEST(Rfc4892, EverythingElseIsRefused) {
  const std::string refused = "REFUSED\nedns 1232\noption 15 0012\n";
  const auto ask = [](Responder& server, const std::string& name, const std::string& type = "TXT",
                      unsigned rr_class = chaos) {
    return server.ask({.name = name, .type = type, .rr_class = rr_class, .additional = {opt(1232)}});
  };
  Responder none("{}");
  EXPECT_EQ(ask(none, "id.server"), refused);
  EXPECT_EQ(ask(none, "version.bind"), refused);
  EXPECT_EQ(none.outcome(), "refused");
  Responder server("chaos: { id: node-7 }");
  EXPECT_EQ(ask(server, "version.bind"), refused);
  EXPECT_EQ(ask(server, "id.server", "A"), refused);
  EXPECT_EQ(ask(server, "a.id.server"), refused);
  EXPECT_EQ(ask(server, "server"), refused);
  EXPECT_EQ(ask(server, ""), refused);
  EXPECT_EQ(ask(server, "id.server", "TXT", 255), refused);
  EXPECT_EQ(ask(server, "id.server", "TXT", 1), "REFUSED\nedns 1232\noption 15 0014\n");
}

TEST(Rfc4892, ATextHasAtMost255Octets) {
  Responder server("chaos: { id: '" + std::string(255, 'x') + "' }");
  EXPECT_THAT(server.ask({.name = "id.server", .type = "TXT", .rr_class = chaos}),
              HasSubstr('"' + std::string(255, 'x') + '"'));
  try {
    Responder("chaos: { id: '" + std::string(256, 'x') + "', name: 1 }");
    ADD_FAILURE();
  } catch (const thence::config::Invalid& invalid) {
    EXPECT_THAT(invalid.what(), HasSubstr("t.yaml:1:14: chaos.id: a text of 256 octets; allowed: at most 255"));
    EXPECT_THAT(invalid.what(), HasSubstr("chaos.name: unknown key"));
  }
}

}  // namespace chaos_test
