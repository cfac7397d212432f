// Any octets as a request, over both transports. A reply must be a DNS message within its limit, with the id of the
// request; only what is no query may stay without one.

#include "protocols/dns/plugin.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <ldns/ldns.h>

namespace {

constexpr auto zones = R"(
zones:
  - name: t
    records:
      - "@ 300 SOA ns1 hostmaster 1 3600 600 86400 60"
      - "@ 300 NS ns1"
      - "@ 300 NS ns2.sub"
      - "w 60 A 192.0.2.1"
      - "w 60 AAAA 2001:db8::1"
      - "b 60 TXT \"a long text that fills much of a message of 512 octets ........................................\""
      - "b 60 TXT \"a long text that fills much of a message of 512 octets ,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\""
      - "b 60 TXT \"a long text that fills much of a message of 512 octets ::::::::::::::::::::::::::::::::::::::::\""
      - "b 60 TXT \"a long text that fills much of a message of 512 octets !!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!\""
      - "b 60 TXT \"a long text that fills much of a message of 512 octets ----------------------------------------\""
      - "c 60 CNAME d"
      - "d 60 CNAME b"
      - "l 60 CNAME l2"
      - "l2 60 CNAME l"
      - "e.e.e 60 A 192.0.2.2"
      - "*.x 60 A 192.0.2.3"
      - "*.y 60 CNAME a.y"
      - "s 60 NS n.s"
      - "s 60 NS w"
      - "n.s 60 A 192.0.2.4"
    dynamic: { self: self, me: client, "*.x2": client }
  - name: s.t
    records: ["@ 1 SOA n h 1 1 1 1 1"]
)";

void require(bool condition) {
  if (!condition) std::abort();
}

/// The plugin, made once.
class Responder {
 public:
  Responder() : environment_{context_.get_executor(), interfaces_, counters_, {}} {
    thence::config::Problems problems;
    const auto document = thence::config::Document::parse("fuzz.yaml", zones);
    protocol_ = thence::dns::plugin.load(thence::config::Cursor(document, problems)).make(environment_);
    require(problems.empty());
  }

  void check(std::span<const std::byte> message, const thence::Route& route) {
    const bool udp = route.transport == thence::Transport::udp;
    std::vector<std::byte> buffer(udp ? 4096 : 65535);
    thence::Reply reply{buffer, 0, route};
    const auto verdict = protocol_->respond({message, route}, reply);
    require(verdict.outcome != nullptr);
    const bool is_query = message.size() >= 12 && (std::to_integer<unsigned>(message[2]) & 0x80U) == 0;
    const bool answered = verdict.action != thence::Verdict::Action::drop;
    require(is_query == answered);
    if (!answered) return;
    require(reply.route == route);
    require(reply.size >= 12 && reply.size <= (udp ? 1232U : 65535U));
    require(std::equal(buffer.begin(), buffer.begin() + 2, message.begin()));
    ldns_pkt* read = nullptr;
    const auto* const octets = reinterpret_cast<const std::uint8_t*>(buffer.data());
    require(ldns_wire2pkt(&read, octets, reply.size) == LDNS_STATUS_OK);
    const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(read, ldns_pkt_free);
    require(ldns_pkt_qr(read) && !ldns_pkt_ra(read));
    require(ldns_pkt_edns(read) || reply.size <= 512 || !udp);
    require(!ldns_pkt_tc(read) || udp);
  }

  void check_stream(std::span<const std::byte> stream) {
    if (stream.size() < 8) return;
    const auto frame = protocol_->frame(stream);
    require(frame && frame->prefix == 2 && (frame->message == 0 || frame->message >= 12));
  }

 private:
  boost::asio::io_context context_;
  thence::InterfaceTable interfaces_;
  thence::Counters counters_;
  thence::Environment environment_;
  std::unique_ptr<thence::Protocol> protocol_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Responder responder;
  static const auto ipv4 = thence::Endpoint(boost::asio::ip::make_address("192.0.2.53"), 53);
  static const auto ipv6 = thence::Endpoint(boost::asio::ip::make_address("2001:db8::53"), 65535);
  const auto message = std::as_bytes(std::span(data, size));
  responder.check(message, {ipv4, ipv4, 1, thence::Transport::udp});
  responder.check(message, {ipv6, ipv6, 1, thence::Transport::tcp});
  responder.check_stream(message);
  return 0;
}
