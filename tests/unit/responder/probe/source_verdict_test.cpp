#include "responder/probe/source_verdict.hpp"

#include <gtest/gtest.h>

namespace source_verdict_test {

using boost::asio::ip::make_address;
using namespace thence;
using namespace thence::probe;

TEST(ProbeSourceVerdict, AddressAndPortHaveToBeThoseAsked) {
  const Endpoint asked(make_address("192.0.2.1"), 53);
  EXPECT_EQ(source_verdict(asked, asked), SourceVerdict::right);
  EXPECT_EQ(source_verdict(asked, Endpoint(asked.address(), 54)), SourceVerdict::wrong_source);
  EXPECT_EQ(source_verdict(asked, Endpoint(make_address("192.0.2.2"), 53)), SourceVerdict::wrong_source);
  EXPECT_EQ(source_verdict(asked, {}), SourceVerdict::no_answer);
  using enum SourceVerdict;
  EXPECT_EQ(status_of({right, right}), Status::right);
  EXPECT_EQ(status_of({right, no_answer}), Status::no_answer);
  EXPECT_EQ(status_of({no_answer, wrong_source, right}), Status::finding);
  EXPECT_EQ(status_of({}), Status::no_answer);
}

}  // namespace source_verdict_test
