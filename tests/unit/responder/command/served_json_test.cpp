#include "responder/command/served_json.hpp"

#include "responder/configuration/snapshot.hpp"
#include "responder/host/host_families.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace served_json_test {

using boost::asio::ip::make_address;

TEST(ServedJson, HasAnObjectForEachListenerOfAnAddress) {
  const auto snapshot =
      thence::load(thence::config::Document::parse("t.yaml",
                                                   "listeners:\n"
                                                   "- { port: 5300, protocols: [dns, stun] }\n"
                                                   "- { port: 5301, protocols: [dns], transports: [tcp] }\n"));
  const thence::InterfaceTable interfaces{{{90001, "eth0", true, {{make_address("192.0.2.1"), 24}}}}};
  const auto served = thence::served_addresses(snapshot, interfaces, {});
  ASSERT_EQ(served.size(), 1U);
  EXPECT_EQ(boost::json::value(thence::listeners_json(served.front())), boost::json::parse(R"([
    {"port": 5300, "protocols": ["dns", "stun"], "transports": ["udp", "tcp"]},
    {"port": 5301, "protocols": ["dns"], "transports": ["tcp"]}
  ])"));
}

}  // namespace served_json_test
