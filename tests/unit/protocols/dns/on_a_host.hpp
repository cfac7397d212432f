#pragma once

// A host with three interfaces, and zones with names that tell of it.

#include "tests/unit/protocols/dns/asking.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace dns_on_a_host {

using dns_asking::Responder;
using thence::Interface;

inline boost::asio::ip::address address(const char* text) { return boost::asio::ip::make_address(text); }

inline Interface interface(unsigned index, const char* name, std::vector<thence::InterfaceAddress> addresses) {
  return {index, name, true, std::move(addresses)};
}

inline constexpr auto host_zones = R"(
zones:
  - name: thence.test
    records:
      - "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300"
      - "@ 300 NS ns1"
      - "gw 60 TXT kept"
    dynamic:
      self: self
      me: { tell: client, subnet: true, ttl: 7 }
      who: whoami
      "*.who": whoami
      ns1: { interface: eth2 }
      gw: { interface: eth2, ttl: 1 }
      none: { interface: wg0 }
      web: { nearest: [198.51.100.5, 192.0.2.5, "2001:db8:1::5", 192.0.2.6] }
      mine: { nearest: [198.51.100.5, 192.0.2.5, "2001:db8:1::5", 192.0.2.6], only: true, ttl: 10 }
  - name: 192.in-addr.arpa
    records:
      - "@ 300 SOA ns1.thence.test. hostmaster 1 3600 600 86400 300"
      - "@ 300 NS ns1.thence.test."
      - "53.2.0 60 TXT beside"
      - "54.2.0 60 PTR fixed.example."
      - "*.0 60 PTR other.example."
    reverse: "*.host.example"
  - name: 8.b.d.0.1.0.0.2.ip6.arpa
    records: ["@ 300 SOA ns1.thence.test. hostmaster 1 3600 600 86400 300"]
    reverse: { name: router.example.com, ttl: 9 }
)";

/// A host with three interfaces, asked through eth1 at its address.
class OnAHost : public testing::Test {
 protected:
  OnAHost() { server.set_interfaces(interfaces()); }

  static std::vector<Interface> interfaces() {
    return {
        interface(1, "eth1",
                  {{address("192.0.2.53"), 24},
                   {address("192.0.2.54"), 24},
                   {address("2001:db8::53"), 64},
                   {address("2001:db8::99"), 64, false},
                   {address("fe80::1"), 64}}),
        interface(2, "eth2", {{address("198.51.100.1"), 24}, {address("2001:db8:1::1"), 64}, {address("fe80::2"), 64}}),
        interface(3, "lo", {{address("127.0.0.1"), 8}, {address("::1"), 128}, {address("10.9.9.9"), 32}})};
  }

  std::string ask(const std::string& name, const std::string& type, const std::string& local = "192.0.2.53") {
    return server.ask({.name = name, .type = type, .local = local});
  }

  /// The records of a reply without errors, a line each.
  static std::string answer(const std::string& records) { return "NOERROR aa\n" + records; }

  Responder server{host_zones};
};

}  // namespace dns_on_a_host
