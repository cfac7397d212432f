#include "responder/probe/nat_discovery.hpp"

#include "responder/probe/path.hpp"

#include <utility>

namespace thence::probe {

namespace {

constexpr std::size_t largest_padding = 1900;  // servers must accept 2 KiB, which fits this and the headers

std::size_t headers(const Endpoint& server) {
  constexpr std::size_t udp = 8;
  constexpr std::size_t ipv4 = 20;
  constexpr std::size_t ipv6 = 40;
  return udp + (server.address().is_v4() ? ipv4 : ipv6);
}

/// A lower bound on the octets of a response with its headers: it counts no attribute but PADDING.
std::size_t size_of(const BindingOutcome& outcome, const Endpoint& server) {
  if (!outcome.success() || outcome.response->padding == 0) return 0;
  return headers(server) + stun::header_size + stun::attribute_header_size + outcome.response->padding;
}

class Discovery {
 public:
  Discovery(UdpClient& client, boost::asio::ip::address from, Endpoint server, Retransmission schedule)
      : client_(client), from_(std::move(from)), server_(std::move(server)), schedule_(std::move(schedule)) {}

  NatObservations all() {
    main_ = client_.open(from_);
    seen_.server = server_;
    seen_.local = client_.local(main_);
    ask(main_, server_, {}, seen_.primary);
    client_.run();
    if (!seen_.primary.success()) return seen_;

    const auto& other = seen_.primary.response->other_address;
    const auto alternate = other ? alternates(server_, *other) : std::nullopt;
    if (alternate) {
      ask(client_.open(from_), server_, {.change = {.address = true, .port = true}}, seen_.change_both.fresh);
      ask(client_.open(from_), server_, {.change = {.address = false, .port = true}}, seen_.change_port.fresh);
    }
    ask_padded();
    client_.run();

    if (alternate) {
      ask(main_, alternate->address, {}, seen_.alternate_address);
      ask(main_, alternate->both, {}, seen_.alternate_both);
      ask(main_, alternate->port, {}, seen_.alternate_port);
    }
    ask_why_not_padded();
    hairpin();
    client_.run();

    if (alternate) ask_where_open();
    return seen_;
  }

 private:
  void ask(SocketId socket, const Endpoint& to, const BindingWishes& wishes, BindingOutcome& into) {
    ask_binding(client_, socket, to, wishes, schedule_, [&into](const BindingOutcome& outcome) { into = outcome; });
  }

  void ask_padded() {
    auto& test = seen_.padding;
    test.link_mtu = link_mtu(from_, server_);
    const auto padding = (test.link_mtu + 3) / 4 * 4;
    if (test.link_mtu == 0 || padding > largest_padding) return;
    test.request_size = headers(server_) + stun::header_size + stun::attribute_header_size + padding;
    ask_binding(client_, client_.open(from_), server_, {.padding = static_cast<std::uint16_t>(padding)}, schedule_,
                [this](const BindingOutcome& outcome) {
                  seen_.padding.padded = outcome;
                  seen_.padding.response_size = size_of(outcome, server_);
                });
  }

  void ask_why_not_padded() {
    auto& test = seen_.padding;
    if (!test.padded.tried || test.padded.success()) return;
    const auto without_ballast = headers(server_) + stun::header_size + stun::attribute_header_size;
    if (test.link_mtu <= without_ballast) return;
    const auto fits = (test.link_mtu - without_ballast) / 4 * 4;
    if (test.padded.silent()) ask(client_.open(from_), server_, {.padding = 4}, test.small);
    ask(client_.open(from_), server_, {.ballast = static_cast<std::uint16_t>(test.request_size - without_ballast)},
        test.heavy);
    ask(client_.open(from_), server_, {.ballast = static_cast<std::uint16_t>(fits)}, test.whole);
  }

  /// §4.5: two sockets send to each other's reflexive address, which also opens each one's filter for the other.
  void hairpin() {
    if (same_endpoint(*seen_.primary.response->reflexive, seen_.local)) return;
    const auto second = client_.open(from_);
    ask_binding(client_, second, server_, {}, schedule_, [this, second](const BindingOutcome& outcome) {
      if (!outcome.success()) return;
      seen_.hairpin = Hairpin::silent;
      send_to_self(second, *seen_.primary.response->reflexive);
      send_to_self(main_, *outcome.response->reflexive);
    });
  }

  void send_to_self(SocketId from, const Endpoint& to) {
    const auto id = new_transaction_id();
    client_.start({.socket = from,
                   .to = to,
                   .message = binding_request(id),
                   .schedule = schedule_,
                   .answered_by = [id](std::span<const std::byte> octets) { return is_binding_request(octets, id); }},
                  [this](const UdpAnswer& answer) {
                    if (answer.from) seen_.hairpin = Hairpin::received;
                  });
  }

  /// After silence in a filtering test: does the server answer from its alternates at all? The main socket has sent to
  /// them by now, so the filter is open.
  void ask_where_open() {
    std::vector<NotFoundOut> unused;
    if (mapping_of(seen_, unused) != Dependence::endpoint_independent) return;
    if (seen_.change_both.fresh.silent() && seen_.alternate_both.success())
      ask(main_, server_, {.change = {.address = true, .port = true}}, seen_.change_both.opened);
    if (seen_.change_port.fresh.silent() && seen_.alternate_port.success())
      ask(main_, server_, {.change = {.address = false, .port = true}}, seen_.change_port.opened);
    client_.run();
  }

  UdpClient& client_;
  boost::asio::ip::address from_;
  Endpoint server_;
  Retransmission schedule_;
  SocketId main_ = 0;
  NatObservations seen_;
};

}  // namespace

NatObservations discover(UdpClient& client, const boost::asio::ip::address& from, const Endpoint& server,
                         const Retransmission& schedule) {
  return Discovery(client, from, server, schedule).all();
}

}  // namespace thence::probe
