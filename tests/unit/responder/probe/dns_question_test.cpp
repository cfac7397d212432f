#include "responder/probe/dns_question.hpp"

#include "tests/unit/responder/probe/failures.hpp"

#include <gtest/gtest.h>

namespace dns_question_test {

using probe_failures::failure_of;
using namespace thence;
using namespace thence::probe;

TEST(ProbeDnsQuestion, IsReadAndRefused) {
  EXPECT_EQ(dns_question("example.org", "txt").type, 16);
  EXPECT_EQ(dns_question("example.org.", "TYPE65280").type, 65280);
  EXPECT_EQ(failure_of([] { dns_question("example.org", "ZORK"); }), Status::usage);
  EXPECT_EQ(failure_of([] { dns_question("a..b", "A"); }), Status::usage);
  EXPECT_EQ(failure_of([] { dns_question("", "A"); }), Status::usage);
}

TEST(ProbeDnsQuestion, AnAnswerHasItsIdAndQuestion) {
  const auto question = dns_question("Example.org", "A");
  auto response = dns_query(question, 0x1234);
  EXPECT_FALSE(read_dns_response(response, question, 0x1234)) << "a query";
  response[2] |= std::byte{0x80};
  const auto read = read_dns_response(response, question, 0x1234);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rcode, "NOERROR");
  EXPECT_TRUE(read->answer.empty());
  EXPECT_TRUE(read_dns_response(response, dns_question("example.ORG.", "A"), 0x1234));
  EXPECT_FALSE(read_dns_response(response, question, 0x1235));
  EXPECT_FALSE(read_dns_response(response, dns_question("example.org", "AAAA"), 0x1234));
  EXPECT_FALSE(read_dns_response(response, dns_question("example.net", "A"), 0x1234));
  response.resize(response.size() / 2);
  EXPECT_FALSE(read_dns_response(response, question, 0x1234)) << "cut short";
}

}  // namespace dns_question_test
