#include "responder/probe/output.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace output_test {

using namespace thence::probe;
using namespace std::chrono_literals;

const thence::Endpoint endpoint(boost::asio::ip::make_address("2001:db8::1"), 3478);

TEST(ProbeOutput, WhatIsNotKnownIsNullOrADash) {
  EXPECT_EQ(json_of(endpoint), "[2001:db8::1]:3478");
  EXPECT_EQ(json_of(std::optional<thence::Endpoint>()), nullptr);
  EXPECT_EQ(json_of(std::string("eth0")), "eth0");
  EXPECT_EQ(json_of(std::string()), nullptr);
  EXPECT_EQ(cell(endpoint), "[2001:db8::1]:3478");
  EXPECT_EQ(cell({}), "-");
}

TEST(ProbeOutput, TimesAreMillisecondsToTheMicrosecond) {
  EXPECT_DOUBLE_EQ(milliseconds(1'234'567ns), 1.235);
  EXPECT_DOUBLE_EQ(milliseconds(499ns), 0);
  EXPECT_EQ(round_trip_cell(1'254'000ns, 1), "1.25 ms");
  EXPECT_EQ(round_trip_cell(12ms, 3), "12.00 ms, request 3");
}

TEST(ProbeOutput, AJsonDocumentIsALine) {
  testing::internal::CaptureStdout();
  write_json(boost::json::parse(R"({"a": [1, "x\ny"]})"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "{\"a\":[1,\"x\\ny\"]}\n");
}

}  // namespace output_test
