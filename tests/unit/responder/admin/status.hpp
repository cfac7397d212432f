#pragma once

#include "responder/dispatch/status.hpp"

#include <string>

namespace thence::test {

/// A status in which everything occurs: two addresses and `other`, two protocols, odd names.
inline Status example_status() {
  Status status;
  status.version = "1.2.3";
  status.pid = 42;
  status.started = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  status.uptime = std::chrono::seconds(100'000);
  status.configuration = "/etc/thence/thence.yaml";
  status.workers = 2;
  status.reloads = {5, 2, 6, true, {"thence.yaml:3:1: dns: <wrong>"}, true};
  status.addresses = {
      {"eth0",
       "192.0.2.1",
       {{53, {"dns"}, Transports::all()}, {3478, {"stun"}, {Transport::udp}}},
       {"dns inside", "dns outside"},
       {},
       7,
       2},
      {"eth0", "fe80::1%eth0", {{53, {"dns"}, {Transport::tcp}}}, {}, {}, 0},
      {"other", "other", {}, {}, {}, 1},
  };
  status.addresses[0].traffic[{"dns", Transport::udp}] = {1000, 990, 10};
  status.addresses[0].traffic[{"dns", Transport::tcp}] = {20, 20, 0};
  status.addresses[0].traffic[{"stun", Transport::udp}] = {300, 299, 1};
  status.addresses[2].traffic[{"dns", Transport::udp}] = {3, 0, 3};
  status.counters = {{"udp.dropped.broadcast", 4},
                     {"tcp.dropped.connection-gone", 5},
                     {"udp.send-error.EPERM", 6},
                     {"tcp.refused.limit", 7},
                     {"tcp.closed.idle", 8},
                     {"udp.received", 1300},
                     {"dns.noerror", 900},
                     {"stun.success", 299},
                     {"odd", 9}};
  auto& latency = status.latency["dns"];
  latency.counts[0] = 10;
  latency.counts[3] = 5;
  latency.counts[LatencyHistogram::buckets] = 2;
  latency.seconds = 2.5;
  status.measures["dns"] = {
      {"zone_serial", "Serial of a zone", {{"zone", "example.com"}}, 2026112801},
      {"zone_serial", "Serial of a zone", {{"zone", "b.test"}}, 7},
      {"upstream_up", "Whether an upstream answers", {{"upstream", "10.0.0.1:53"}, {"view", ""}}, 0},
      {"upstream_queries_total", "Questions to an upstream", {{"upstream", "10.0.0.1:53"}}, 12},
  };
  return status;
}

/// A name of an interface that does what it can: the kernel allows any octets but '/', ':' and blanks.
constexpr auto evil_name = "<b>\"'&\\\x80\xff\x01{{x}}";

/// One whose metrics do not fit the buffers of a connection.
inline Status long_status() {
  auto status = example_status();
  for (int i = 0; i < 100'000; ++i) status.counters["dns." + std::to_string(i)] = 1;
  return status;
}

}  // namespace thence::test
