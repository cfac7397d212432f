#include "responder/admin/status_json.hpp"

#include "tests/unit/responder/admin/status.hpp"

#include <limits>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace status_json_test {

using namespace thence;

namespace {

const boost::asio::ip::tcp::endpoint peer(boost::asio::ip::make_address("2001:db8::9"), 4711);

boost::json::value json(const Status& status) { return boost::json::parse(admin::status_json(status, peer)); }

}  // namespace

TEST(StatusJson, HasAllOfAStatus) {
  EXPECT_EQ(json(test::example_status()), boost::json::parse(R"({
    "version": "1.2.3", "pid": 42, "started": 1700000000, "uptime_seconds": 100000,
    "configuration": "/etc/thence/thence.yaml", "workers": 2, "live": true, "ready": true, "not_ready": [],
    "not_served": [],
    "reloads": {"done": 5, "refused": 2, "asked": 6, "busy": true, "last_refused": true,
                "words": ["thence.yaml:3:1: dns: <wrong>"]},
    "addresses": [
      {"interface": "eth0", "address": "192.0.2.1", "views": ["dns inside", "dns outside"], "dropped": 7, "unsent": 2,
       "served": [{"port": 53, "protocols": ["dns"], "udp": true, "tcp": true},
                  {"port": 3478, "protocols": ["stun"], "udp": true, "tcp": false}],
       "traffic": [{"protocol": "dns", "transport": "udp", "requests": 1000, "replies": 990, "dropped": 10},
                   {"protocol": "dns", "transport": "tcp", "requests": 20, "replies": 20, "dropped": 0},
                   {"protocol": "stun", "transport": "udp", "requests": 300, "replies": 299, "dropped": 1}]},
      {"interface": "eth0", "address": "fe80::1%eth0", "views": [], "dropped": 0, "unsent": 0,
       "served": [{"port": 53, "protocols": ["dns"], "udp": false, "tcp": true}], "traffic": []},
      {"interface": "other", "address": "other", "views": [], "dropped": 1, "unsent": 0, "served": [],
       "traffic": [{"protocol": "dns", "transport": "udp", "requests": 3, "replies": 0, "dropped": 3}]}],
    "counters": {"udp.dropped.broadcast": 4, "tcp.dropped.connection-gone": 5, "udp.send-error.EPERM": 6,
                 "tcp.refused.limit": 7, "tcp.closed.idle": 8, "udp.received": 1300, "dns.noerror": 900,
                 "stun.success": 299, "odd": 9},
    "latency": {"dns": {"seconds": 2.5,
      "bounds_us": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144,
                    524288, 1048576],
      "counts": [10, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]}},
    "measures": {"dns": [
      {"name": "zone_serial", "help": "Serial of a zone", "labels": {"zone": "example.com"}, "value": 2026112801.0},
      {"name": "zone_serial", "help": "Serial of a zone", "labels": {"zone": "b.test"}, "value": 7.0},
      {"name": "upstream_up", "help": "Whether an upstream answers", "labels": {"upstream": "10.0.0.1:53", "view": ""},
       "value": 0.0},
      {"name": "upstream_queries_total", "help": "Questions to an upstream", "labels": {"upstream": "10.0.0.1:53"},
       "value": 12.0}]},
    "peer": {"address": "2001:db8::9", "port": 4711}
  })"));
}

TEST(StatusJson, IsJsonWhateverStandsInIt) {
  auto status = test::example_status();
  status.addresses[0].interface = test::evil_name;
  status.not_ready = {"a\nb\x80"};
  status.ready = false;
  status.counters["\xff"] = 1;
  status.measures["dns"] = {{"nan", "", {{"\xfe", "\xfd"}}, std::numeric_limits<double>::quiet_NaN()}};
  const auto value = json(status);
  EXPECT_EQ(value.at("addresses").at(0).at("interface"), "<b>\"'&\\\\x80\\xff\\x01{{x}}");
  EXPECT_EQ(value.at("not_ready").at(0), "a\\x0ab\\x80");
  EXPECT_EQ(value.at("counters").at("\\xff"), 1);
  EXPECT_EQ(value.at("measures").at("dns").at(0).at("value"), nullptr);
  EXPECT_EQ(value.at("measures").at("dns").at(0).at("labels").at("\\xfe"), "\\xfd");
}

TEST(StatusJson, LargeCountsAreExact) {
  auto status = test::example_status();
  status.counters["dns.noerror"] = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(json(status).at("counters").at("dns.noerror"), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace status_json_test
