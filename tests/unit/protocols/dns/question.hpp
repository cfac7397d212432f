#pragma once

// Questions and what upstreams say to them, as the forwarder's parts see them.

#include "protocols/dns/forward/answer_cache.hpp"
#include "tests/unit/protocols/dns/forward/upstream.hpp"

#include <cstdint>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace dns_question {

/// A question with the octets that it stands in.
struct Question {
  explicit Question(dns_asking::Query asked) : wire(asked.wire()) { thence::dns::read(wire, query); }
  explicit Question(const std::string& name) : Question(dns_asking::Query{name}) {}

  thence::dns::QuestionKey key(std::uint16_t view = 0, const std::string& source = "0.0.0.0") const {
    return {thence::dns::HashSecret{1}, view, boost::asio::ip::make_address(source), query};
  }

  dns_asking::Octets wire;
  thence::dns::Query query;
};

/// An answer with the octets that it stands in.
struct Read {
  Read(const Question& question, const dns_upstream::Answer& says)
      : message(says.to(question.wire)),
        answer(thence::dns::read_upstream_answer(message, question.query.question).value()) {}

  dns_asking::Octets message;
  thence::dns::UpstreamAnswer answer;
};

}  // namespace dns_question
