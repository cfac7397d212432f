#pragma once

// An upstream that does what a test tells it to, and the messages that it sends.

#include "protocols/dns/wire/message.hpp"
#include "protocols/route.hpp"
#include "tests/unit/protocols/dns/asking.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace dns_upstream {

using dns_asking::add;
using dns_asking::add16;
using dns_asking::Octets;

inline void add32(Octets& to, std::uint32_t value) {
  add16(to, value >> 16U);
  add16(to, value & 0xFFFFU);
}

/// A record whose owner is the name asked, or another one in wire form.
inline Octets record(unsigned type, std::uint32_t ttl, const Octets& rdata, const Octets& owner = {0xC0, 0x0C}) {
  Octets octets = owner;
  add16(octets, type);
  add16(octets, 1);
  add32(octets, ttl);
  add16(octets, static_cast<unsigned>(rdata.size()));
  add(octets, rdata);
  return octets;
}

inline Octets address_record(std::uint32_t ttl = 300, std::uint8_t last = 1) {
  return record(1, ttl, {192, 0, 2, last});
}

/// A SOA of the root.
inline Octets soa_record(std::uint32_t ttl, std::uint32_t minimum) {
  Octets rdata{0, 0};
  for (const std::uint32_t number : {1U, 2U, 3U, 4U, minimum}) add32(rdata, number);
  return record(6, ttl, rdata, {0});
}

/// What an answer says; what is not named is as in a common one.
struct Answer {
  unsigned flags = 0x8180;  // QR RD RA
  unsigned rcode = 0;
  std::vector<Octets> answer{};
  std::vector<Octets> authority{};
  std::vector<Octets> additional{};

  /// @param query a whole one, of which id and question are taken
  Octets to(const Octets& query) const {
    Octets message(query.begin(), query.begin() + 2);
    add16(message, flags | rcode);
    add16(message, 1);
    for (const auto* section : {&answer, &authority, &additional}) {
      add16(message, static_cast<unsigned>(section->size()));
    }
    const std::span<const std::uint8_t> rest = std::span(query).subspan(thence::dns::header_size);
    const std::size_t question = thence::dns::skip_name(rest) + thence::dns::question_tail;
    message.insert(message.end(), rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(question));
    for (const auto* section : {&answer, &authority, &additional}) {
      for (const auto& each : *section) add(message, each);
    }
    return message;
  }
};

/// A query that arrived.
struct Asked {
  thence::Endpoint from;
  Octets query;
  thence::Transport transport;

  bool has_opt() const { return query[11] == 1; }
};

class Upstream {
 public:
  /// @return the answer; empty: none
  using Script = std::function<Octets(const Asked&)>;

  explicit Upstream(boost::asio::io_context& context, Script does, const std::string& address = "127.0.0.1",
                    std::uint16_t port = 0)
      : script(std::move(does)), udp_(context), tcp_(context) {
    open(boost::asio::ip::make_address(address), port);
    receive();
    accept();
  }

  thence::Endpoint endpoint() const { return udp_.local_endpoint(); }
  boost::asio::ip::udp::socket& socket() { return udp_; }
  /// From now on TCP is refused.
  void close_tcp() { tcp_.close(); }

  Script script;
  std::vector<Asked> asked;

 private:
  /// UDP and TCP on one port. What the system chooses for one may be in use for the other.
  void open(const boost::asio::ip::address& address, std::uint16_t port) {
    using boost::asio::ip::tcp;
    using boost::asio::ip::udp;
    boost::system::error_code taken;
    for (int tries = 0; tries < 100; ++tries) {
      udp_ = udp::socket(udp_.get_executor(), {address, port});
      const tcp::endpoint same(address, udp_.local_endpoint().port());
      tcp_ = tcp::acceptor(udp_.get_executor());
      tcp_.open(same.protocol());
      tcp_.set_option(tcp::acceptor::reuse_address(true));
      tcp_.bind(same, taken);
      if (taken) continue;
      tcp_.listen();
      return;
    }
    throw boost::system::system_error(taken);
  }

  void receive() {
    udp_.async_receive_from(
        boost::asio::buffer(buffer_), from_, [this](boost::system::error_code error, std::size_t size) {
          if (error == boost::asio::error::operation_aborted) return;
          if (!error) {
            asked.push_back({from_, Octets(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size)),
                             thence::Transport::udp});
            const auto answer = script(asked.back());
            boost::system::error_code ignored;
            if (!answer.empty()) udp_.send_to(boost::asio::buffer(answer), from_, 0, ignored);
          }
          receive();
        });
  }

  void accept() {
    tcp_.async_accept([this](boost::system::error_code error, boost::asio::ip::tcp::socket socket) {
      if (error) return;
      auto connection = std::make_shared<Connection>(std::move(socket));
      serve(connection);
      accept();
    });
  }

  struct Connection {
    explicit Connection(boost::asio::ip::tcp::socket from) : socket(std::move(from)) {}
    boost::asio::ip::tcp::socket socket;
    std::array<std::uint8_t, 2> size{};
    Octets message{};
  };

  void serve(const std::shared_ptr<Connection>& connection) {
    boost::asio::async_read(
        connection->socket, boost::asio::buffer(connection->size),
        [this, connection](boost::system::error_code error, std::size_t) {
          if (error) return;
          connection->message.resize(static_cast<std::size_t>(connection->size[0]) << 8U | connection->size[1]);
          boost::system::error_code failed;
          boost::asio::read(connection->socket, boost::asio::buffer(connection->message), failed);
          const auto peer = connection->socket.remote_endpoint(failed);
          if (failed) return;
          asked.push_back({{peer.address(), peer.port()}, connection->message, thence::Transport::tcp});
          const auto answer = script(asked.back());
          Octets framed;
          add16(framed, static_cast<unsigned>(answer.size()));
          add(framed, answer);
          if (!answer.empty()) boost::asio::write(connection->socket, boost::asio::buffer(framed), failed);
          serve(connection);
        });
  }

  boost::asio::ip::udp::socket udp_;
  boost::asio::ip::tcp::acceptor tcp_;
  thence::Endpoint from_;
  std::array<std::uint8_t, 4096> buffer_{};
};

}  // namespace dns_upstream
