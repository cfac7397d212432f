#include "responder/socket/udp_counters.hpp"

#include <cerrno>
#include <cstdint>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace udp_counters_test {

using namespace thence;
using testing::ElementsAre;
using testing::Pair;

namespace {

/// Those that have counted something.
std::map<std::string, std::uint64_t> counted(const Counters& counters) {
  std::map<std::string, std::uint64_t> all;
  for (const auto& each : counters) {
    if (each.value > 0) all[each.name] = each.value;
  }
  return all;
}

}  // namespace

TEST(UdpCounters, AreNamedByWhatHappened) {
  Counters all;
  UdpCounters udp(all);
  udp.received.value = 1;
  udp.answered.value = 2;
  udp.deferred.value = 3;
  udp.dropped(Drop::truncated).value = 4;
  udp.dropped(Drop::no_packet_information).value = 5;
  udp.dropped(Drop::excluded).value = 6;
  udp.dropped(Drop::broadcast).value = 7;
  udp.dropped(Drop::no_source).value = 8;
  udp.dropped(Drop::unclaimed).value = 9;
  udp.dropped(Drop::not_served).value = 10;
  udp.dropped(Drop::given_up).value = 11;
  udp.dropped(Drop::copy).value = 12;
  udp.dropped(Drop::unspecified_source).value = 13;
  EXPECT_THAT(counted(all),
              ElementsAre(Pair("udp.answered", 2), Pair("udp.deferred", 3), Pair("udp.dropped.broadcast", 7),
                          Pair("udp.dropped.copy", 12), Pair("udp.dropped.excluded", 6),
                          Pair("udp.dropped.given-up", 11), Pair("udp.dropped.no-packet-information", 5),
                          Pair("udp.dropped.no-source", 8), Pair("udp.dropped.not-served", 10),
                          Pair("udp.dropped.truncated", 4), Pair("udp.dropped.unclaimed", 9),
                          Pair("udp.dropped.unspecified-source", 13), Pair("udp.received", 1)));
}

TEST(UdpCounters, ErrorsHaveTheSystemsNames) {
  Counters all;
  UdpCounters udp(all);
  ++udp.send_error(ENETUNREACH).value;
  ++udp.send_error(ENETUNREACH).value;
  ++udp.send_error(EPERM).value;
  for (const int none : {0, -1, 133, 134, 100'000}) {
    ++udp.send_error(none).value;
  }
  EXPECT_THAT(counted(all), ElementsAre(Pair("udp.send-error.ENETUNREACH", 2), Pair("udp.send-error.EPERM", 1),
                                        Pair("udp.send-error.other", 5)));
}

}  // namespace udp_counters_test
