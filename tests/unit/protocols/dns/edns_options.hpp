#pragma once

// Queries with options.

#include "tests/unit/protocols/dns/asking.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dns_edns_options {

using dns_asking::Octets;
using dns_asking::opt;
using dns_asking::option;
using dns_asking::Query;
using dns_asking::Responder;
using dns_asking::unhex;

inline constexpr auto zones = "zones: [{ name: t, records: ['@ 9 SOA ns h 1 1 1 1 1', 'www 9 A 192.0.2.1'] }]\n";

inline const std::string answer = "answer www.t. 9 IN A 192.0.2.1\n";

class Options : public testing::Test {
 protected:
  std::string ask(const Octets& options, Query query = {.name = "www.t"}) {
    query.additional = {opt(1232, 0, false, options)};
    return server.ask(query);
  }

  /// The client subnet of a reply to a query with one, or what is wrong with it.
  std::string echo(const std::string& subnet) {
    const auto reply = ask(option(8, unhex(subnet)));
    if (reply == "FORMERR\nedns 1232\n") return "FORMERR";
    const std::string before = "NOERROR aa\nedns 1232\noption 8 ";
    if (!reply.starts_with(before) || !reply.ends_with('\n' + answer)) return reply;
    return reply.substr(before.size(), reply.size() - before.size() - 1 - answer.size());
  }

  Responder server{std::string("nsid: node-7\n") + zones};
};

inline std::string mistakes(const std::string& yaml) {
  try {
    Responder server{yaml};
  } catch (const thence::config::Invalid& invalid) {
    return invalid.what();
  }
  return "none";
}

}  // namespace dns_edns_options
