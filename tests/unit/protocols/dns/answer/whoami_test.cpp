// Names that tell all that is known of a request.

#include "protocols/dns/answer/whoami.hpp"

#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/on_a_host.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace whoami_test {

using dns_asking::opt;
using dns_asking::option;
using dns_on_a_host::address;
using dns_on_a_host::interface;
using dns_on_a_host::OnAHost;
using testing::HasSubstr;

TEST_F(OnAHost, WhoamiTellsAllThatIsKnown) {
  EXPECT_EQ(ask("who.thence.test", "TXT"),
            answer("answer who.thence.test. 0 IN TXT \"client=198.51.100.7:4000 local=192.0.2.53:53 interface=eth1 "
                   "transport=udp edns=none subnet=none cookie=none\"\n"
                   "answer who.thence.test. 0 IN TXT "
                   R"("{\"client\":\"198.51.100.7\",\"client-port\":4000,\"local\":\"192.0.2.53\",)"
                   R"(\"local-port\":53,\"interface\":\"eth1\",\"transport\":\"udp\",\"edns\":null,)"
                   R"(\"subnet\":null,\"cookie\":null}")"
                   "\n"));
}

TEST_F(OnAHost, WhoamiTellsOfEdnsAndIsLongInTwoStrings) {
  const auto options = option(8, dns_asking::unhex("0002400020010db811112222"));
  auto with_cookie = options;
  dns_asking::add(with_cookie, option(10, dns_asking::unhex("0011223344556677")));
  const auto reply = server.ask({.name = "a.who.thence.test",
                                 .type = "TXT",
                                 .additional = {opt(1400, 0, false, with_cookie)},
                                 .transport = thence::Transport::tcp,
                                 .local = "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff",
                                 .peer = "2001:db8:1111:2222:3333:4444:5555:6666"});
  EXPECT_THAT(reply, HasSubstr("transport=tcp edns=1400 subnet=2001:db8:1111:2222::/64 cookie=client\""));
  EXPECT_THAT(reply, HasSubstr(R"(\"edns\":1400,\"subnet\":\"2001:db8:1111:2222::/64)"));
  EXPECT_THAT(reply, HasSubstr(R"(\"cookie\":\"client\"}")"));
  EXPECT_THAT(reply, HasSubstr("option 8 0002404020010db811112222"));
}

TEST_F(OnAHost, WhoamiEscapesAnInterfaceOfAnyName) {
  server.set_interfaces({interface(1, "a\"b\\\xC3", {{address("192.0.2.53"), 24}})});
  EXPECT_THAT(ask("who.thence.test", "TXT"), HasSubstr(R"(\"interface\":\"a\\u0022b\\u005c\\u00c3\")"));
}

TEST_F(OnAHost, WhoamiInTheFormOfCoreDns) {
  const std::string beside =
      "additional who.thence.test. 0 IN A 198.51.100.7\n"
      "additional _udp.who.thence.test. 0 IN SRV 0 0 4000 .\n";
  for (const auto* const type : {"A", "AAAA", "SRV", "MX"}) EXPECT_EQ(ask("who.thence.test", type), answer(beside));
  EXPECT_EQ(server.ask({.name = "x.who.thence.test",
                        .type = "AAAA",
                        .transport = thence::Transport::tcp,
                        .local = "2001:db8::53",
                        .peer = "2001:db8:1::7"}),
            answer("additional x.who.thence.test. 0 IN AAAA 2001:db8:1::7\n"
                   "additional _tcp.x.who.thence.test. 0 IN SRV 0 0 4000 .\n"));
  EXPECT_THAT(ask("who.thence.test", "ANY"), HasSubstr("answer who.thence.test. 0 IN TXT \"client="));
}

}  // namespace whoami_test
