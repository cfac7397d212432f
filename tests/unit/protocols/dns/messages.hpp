#pragma once

// Messages of any octets, and answers of several sizes.

#include "tests/unit/protocols/dns/asking.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dns_messages {

using dns_asking::Octets;
using dns_asking::Responder;
using thence::Transport;

/// `big` has so many addresses that 512 octets, or 1232, cannot hold them.
inline std::string zones() {
  std::string yaml = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'www 9 A 192.0.2.1'";
  for (int i = 0; i < 40; ++i) yaml += ", 'medium 9 A 192.0.2." + std::to_string(i) + "'";
  for (int i = 0; i < 100; ++i) yaml += ", 'big 9 A 192.0.2." + std::to_string(i) + "'";
  return yaml + ", 'to-big 9 CNAME big'] }]";
}

class Messages : public testing::Test {
 protected:
  std::string send(const Octets& message) {
    const auto endpoint = thence::Endpoint(boost::asio::ip::make_address("192.0.2.53"), 53);
    const auto reply = server.reply_to(message, {endpoint, endpoint, 0, Transport::udp});
    return reply.empty() ? "nothing" : dns_asking::text_of(reply);
  }

  Responder server{zones()};
};

inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace dns_messages
