// Any octets as a request, over both transports, and from a client that is over the limit of replies. A reply must be a
// DNS message within its limit, with the id of the request; only what is no query may stay without one, or what is over
// the limit.

#include "protocols/dns/server.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <ldns/ldns.h>

namespace {

constexpr auto yaml = R"(
nsid: node-7
chaos: { id: node-7, version: "1" }
rate-limit: { per-second: 1, slip: 2 }
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
    dynamic:
      self: self
      me: { tell: client, subnet: true }
      "*.x2": client
      "*.who": whoami
      if: { interface: eth1 }
      near: { nearest: [192.0.2.1, "2001:db8::1", 198.51.100.1] }
  - name: s.t
    records: ["@ 1 SOA n h 1 1 1 1 1"]
)";

void require(bool condition) {
  if (!condition) std::abort();
}

/// The same for every input, so that a cookie among the seeds stays good.
std::uint64_t standing_clock() noexcept { return 1559731985'000'000; }

std::uint64_t later = standing_clock();
std::uint64_t running_clock() noexcept { return later; }

thence::dns::Settings read_settings() {
  thence::config::Problems problems;
  const auto document = thence::config::Document::parse("fuzz.yaml", yaml);
  auto settings = thence::dns::read_settings(thence::config::Cursor(document, problems));
  require(!problems.any(thence::config::Severity::partial));
  settings.cookies.secrets = {{}};
  return settings;
}

std::shared_ptr<const thence::dns::Settings> limited() {
  return std::make_shared<const thence::dns::Settings>(read_settings());
}

std::shared_ptr<const thence::dns::Settings> unlimited() {
  auto settings = read_settings();
  settings.rate_limit.reset();
  return std::make_shared<const thence::dns::Settings>(std::move(settings));
}

/// A server, made once.
class Responder {
 public:
  Responder(std::shared_ptr<const thence::dns::Settings> settings, thence::Clock clock)
      : server_(std::move(settings), host_, {clock, clock}) {
    host_.interface_table = thence::InterfaceTable(
        {{1,
          "eth1",
          true,
          {{boost::asio::ip::make_address("192.0.2.53"), 24}, {boost::asio::ip::make_address("2001:db8::53"), 64}}}});
    server_.interfaces_changed();
  }

  /// @return the octets of the reply, checked; empty: nothing is sent
  std::vector<std::byte> reply_to(std::span<const std::byte> message, const thence::Route& route) {
    const bool udp = route.transport == thence::Transport::udp;
    std::vector<std::byte> buffer(udp ? 4096 : 65535);
    thence::Reply reply{buffer, 0, route};
    const auto verdict = server_.respond({message, route}, reply);
    require(verdict.outcome != nullptr);
    if (verdict.action == thence::Verdict::Action::drop) return {};
    require(reply.route == route);
    require(reply.size >= 12 && reply.size <= (udp ? 1232U : 65535U));
    require(std::equal(buffer.begin(), buffer.begin() + 2, message.begin()));
    buffer.resize(reply.size);
    ldns_pkt* read = nullptr;
    require(ldns_wire2pkt(&read, octets(buffer), reply.size) == LDNS_STATUS_OK);
    const std::unique_ptr<ldns_pkt, decltype(&ldns_pkt_free)> packet(read, ldns_pkt_free);
    require(ldns_pkt_qr(read) && !ldns_pkt_ra(read));
    require(ldns_pkt_edns(read) || reply.size <= 512 || !udp);
    require(!ldns_pkt_tc(read) || udp);
    return buffer;
  }

  void check(std::span<const std::byte> message, const thence::Route& route) {
    const bool is_query = message.size() >= 12 && (std::to_integer<unsigned>(message[2]) & 0x80U) == 0;
    require(is_query == !reply_to(message, route).empty());
  }

  /// Three times the same: one reply is within the limit, one is over it, and of two that are over one slips.
  void check_limit(std::span<const std::byte> message, const thence::Route& route) {
    later += 10'000'000;
    const bool is_answered = !reply_to(message, route).empty();
    const auto second = reply_to(message, route);
    const auto third = reply_to(message, route);
    if (second.empty() && third.empty()) return;
    require(is_answered && second.empty() && !third.empty());
    const std::uint8_t* const header = octets(third);
    const bool is_truncated = (header[2] & 0x02U) != 0;
    const bool is_bad_cookie = (header[3] & 0x0FU) == (23U & 0x0FU);
    require(is_truncated != is_bad_cookie);
    require(std::all_of(header + 6, header + 10, [](std::uint8_t octet) { return octet == 0; }));
  }

  void check_stream(std::span<const std::byte> stream) {
    if (stream.size() < 8) return;
    const auto frame = server_.frame(thence::Transport::tcp, stream);
    require(frame && (*frame == 0 || *frame >= 2 + 12));
  }

 private:
  static const std::uint8_t* octets(const std::vector<std::byte>& bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
  }

  thence::LoneHost host_;
  thence::dns::Server server_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Responder responder(unlimited(), standing_clock);
  static Responder with_limit(limited(), running_clock);
  static const auto ipv4 = thence::Endpoint(boost::asio::ip::make_address("192.0.2.53"), 53);
  static const auto ipv6 = thence::Endpoint(boost::asio::ip::make_address("2001:db8::53"), 65535);
  const auto message = std::as_bytes(std::span(data, size));
  responder.check(message, {ipv4, ipv4, 1, thence::Transport::udp});
  responder.check(message, {ipv6, ipv6, 1, thence::Transport::tcp});
  responder.check_stream(message);
  with_limit.check_limit(message, {ipv6, ipv6, 1, thence::Transport::udp});
  return 0;
}
