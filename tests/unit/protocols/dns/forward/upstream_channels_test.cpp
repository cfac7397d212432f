// How many ways to upstreams are kept.

#include "protocols/dns/forward/upstream_channels.hpp"

#include "protocols/dns/forward/forwarder.hpp"
#include "tests/unit/protocols/dns/asking.hpp"
#include "tests/unit/protocols/dns/forward/forwarding.hpp"
#include "tests/unit/protocols/dns/forward/upstream.hpp"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace upstream_channels_test {

using dns_asking::text_of;
using dns_forwarding::Forwarding;
using dns_forwarding::good;
using dns_forwarding::pass;
using dns_forwarding::silent;
using dns_upstream::Upstream;
using testing::StartsWith;
using thence::dns::ForwardSource;
using namespace std::chrono_literals;

namespace {

TEST_F(Forwarding, BoundsItsChannels) {
  Upstream upstream(context, silent);
  make({.outstanding_per_client = 10'000});
  auto forward = to({upstream.endpoint()}, 100ms);
  forward->from.kind = ForwardSource::Kind::asked;
  for (int i = 0; i < 700; ++i) {
    begin(forward,
          {.name = "a.example", .local = "127.0." + std::to_string(i / 250) + '.' + std::to_string(i % 250 + 1)});
  }
  EXPECT_EQ(forwarder->channels(), 512U);
  wait_for(700);
  replies.clear();
  upstream.script = good;
  pass(1h);
  begin(forward, {.name = "a.example", .local = "127.0.77.1"});
  wait_for(1);
  EXPECT_THAT(text_of(replies.front()), StartsWith("NOERROR")) << "in place of one that nothing waits for";
  EXPECT_EQ(forwarder->channels(), 512U);
}

}  // namespace

}  // namespace upstream_channels_test
