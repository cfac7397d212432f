// A load that one core can generate and another cannot answer: several connected sockets, each with a window of
// outstanding requests, sent in bursts. It never sleeps, so the server under test never pays for waking it.

#include "answer.hpp"
#include "destinations.hpp"
#include "dns_exchange.hpp"
#include "signed_stun_exchange.hpp"
#include "stun_exchange.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace thence::bench;
using Clock = std::chrono::steady_clock;

constexpr unsigned burst = 32;
constexpr std::size_t largest_request = std::max(largest_dns_query, SignedStunExchange::largest_request);
constexpr std::size_t largest_answer = 1500;

struct Options {
  std::string server = "127.0.0.1";
  std::string destinations;  // a prefix, instead of the server
  std::uint16_t port = 0;
  double seconds = 5;
  std::size_t window = 64;
  unsigned sockets = 4;
  std::uint64_t timeout = 2000;
};

struct Tally {
  std::uint64_t sent = 0;
  std::uint64_t positive = 0;
  std::uint64_t negative = 0;
  std::uint64_t failed = 0;
  std::uint64_t lost = 0;
  std::uint64_t stray = 0;  ///< matching no outstanding request: late, duplicate, or not of this protocol
};

/// A socket with its window of requests.
class Client {
 public:
  /// @param options either a server, to which the socket connects, or destinations: then the socket is unconnected,
  /// each request goes to a different destination, and an answer counts only if it comes from there
  Client(const Options& options, std::uint64_t token_mask, unsigned seed)
      : slots_(options.window), token_mask_(token_mask), random_(seed) {
    const boost::asio::ip::udp::endpoint server(boost::asio::ip::make_address(options.server), options.port);
    if (!options.destinations.empty()) destinations_.emplace(options.destinations, options.port);
    const bool ipv4 = destinations_ ? destinations_->ipv4() : server.address().is_v4();
    socket_ = ::socket(ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int room = 1 << 20;
    if (socket_ < 0 || setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) < 0 ||
        (!destinations_ && connect(socket_, server.data(), static_cast<socklen_t>(server.size())) < 0)) {
      throw std::system_error(errno, std::generic_category(), "socket");
    }
    for (std::size_t slot = 0; slot < options.window; ++slot) free_.push_back(slot);
    for (unsigned i = 0; i < burst; ++i) {
      pieces_[i] = {answers_[i].data(), largest_answer};
      messages_[i].msg_hdr.msg_iov = &pieces_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
      if (destinations_) messages_[i].msg_hdr.msg_name = sources_[i].data();
    }
  }
  Client(Client&& other) = delete;
  ~Client() { close(socket_); }

  std::size_t outstanding() const { return slots_.size() - free_.size(); }

  /// Sends one request, and repeats it until an answer comes.
  /// @throws std::runtime_error when none comes
  std::vector<std::byte> ask(std::span<const std::byte> request, std::chrono::milliseconds patience) {
    constexpr int pause = 200;  // milliseconds
    std::vector<std::byte> answer(largest_answer);
    for (const auto end = Clock::now() + patience; Clock::now() < end;) {
      if (::send(socket_, request.data(), request.size(), 0) < 0 && errno != ECONNREFUSED) break;
      pollfd readable{socket_, POLLIN, 0};
      poll(&readable, 1, pause);
      const auto size = recv(socket_, answer.data(), answer.size(), 0);
      if (size < 0) continue;
      answer.resize(static_cast<std::size_t>(size));
      return answer;
    }
    throw std::runtime_error("the server does not answer");
  }

  /// Sends one burst of requests if that many slots are free.
  template <typename Exchange>
  void send(Exchange& exchange, Tally& tally, Clock::time_point now) {
    if (free_.size() < std::min<std::size_t>(burst, slots_.size())) return;
    if (destinations_) return spread(exchange, tally, now);
    // Requests of the same size are sent in one system call as segments of one buffer (UDP_SEGMENT).
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t segment = 0;
    for (unsigned i = 0; i < burst && !free_.empty(); ++i) {
      const std::size_t slot = take(now);
      const std::size_t size = exchange.write(slots_[slot].token, std::span(requests_).subspan(end));
      if (size != segment && end > begin) {
        const std::size_t length = end - begin;
        transmit(begin, length, segment);
        begin = end;
      }
      segment = size;
      end += size;
      ++tally.sent;
    }
    transmit(begin, end - begin, segment);
  }

  template <typename Exchange>
  void receive(Exchange& exchange, Tally& tally) {
    if (destinations_) {
      for (unsigned i = 0; i < burst; ++i)
        messages_[i].msg_hdr.msg_namelen = static_cast<socklen_t>(sources_[i].capacity());
    }
    const int received = recvmmsg(socket_, messages_.data(), burst, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < received; ++i) {
      const auto& buffer = answers_[static_cast<unsigned>(i)];
      const auto answer = exchange.read(std::span(buffer).first(messages_[static_cast<unsigned>(i)].msg_len));
      count(answer, static_cast<unsigned>(i), tally);
    }
  }

  /// Gives up requests sent before a time.
  void expire(Clock::time_point before, Tally& tally) {
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
      if (!slots_[slot].waiting || slots_[slot].sent >= before) continue;
      ++tally.lost;
      release(slot);
    }
  }

 private:
  struct Slot {
    std::uint64_t token = 0;
    Clock::time_point sent;
    bool waiting = false;
    Destinations::Endpoint destination;
  };
  static constexpr std::uint64_t slot_mask = 0x0FFF;

  std::size_t take(Clock::time_point now) {
    const std::size_t slot = free_.back();
    free_.pop_back();
    slots_[slot].token = ((random_() & ~slot_mask) | slot) & token_mask_;
    slots_[slot].sent = now;
    slots_[slot].waiting = true;
    return slot;
  }

  /// Sends one burst of requests, each to its own destination.
  template <typename Exchange>
  void spread(Exchange& exchange, Tally& tally, Clock::time_point now) {
    unsigned count = 0;
    std::size_t end = 0;
    for (; count < burst && !free_.empty(); ++count) {
      auto& slot = slots_[take(now)];
      slot.destination = destinations_->pick(random_());
      const std::size_t size = exchange.write(slot.token, std::span(requests_).subspan(end));
      request_pieces_[count] = {&requests_[end], size};
      auto& header = request_messages_[count].msg_hdr;
      header = {slot.destination.data(),
                static_cast<socklen_t>(slot.destination.size()),
                &request_pieces_[count],
                1,
                nullptr,
                0,
                0};
      end += size;
      ++tally.sent;
    }
    // As for bursts to one server, what cannot be sent is lost.
    for (unsigned sent = 0; sent < count;) {
      const int now_sent = sendmmsg(socket_, &request_messages_[sent], count - sent, 0);
      sent += now_sent > 0 ? static_cast<unsigned>(now_sent) : 1;
    }
  }

  void transmit(std::size_t begin, std::size_t length, std::size_t segment) {
    iovec piece{&requests_[begin], length};
    struct alignas(cmsghdr) {
      std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> octets;
    } control{};
    msghdr message{nullptr, 0, &piece, 1, control.octets.data(), control.octets.size(), 0};
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto size = static_cast<std::uint16_t>(segment);
    std::memcpy(CMSG_DATA(header), &size, sizeof size);
    // Treat what cannot be sent like a lost packet: its slot expires.
    if (sendmsg(socket_, &message, 0) < 0 && errno != ECONNREFUSED && errno != EAGAIN && errno != ENOBUFS) {
      throw std::system_error(errno, std::generic_category(), "sendmsg");
    }
  }

  /// @param number the index of the answer in the received batch
  void count(const std::optional<Answer>& answer, unsigned number, Tally& tally) {
    const std::size_t slot = answer ? answer->token & slot_mask : slots_.size();
    if (slot >= slots_.size() || !slots_[slot].waiting || slots_[slot].token != answer->token ||
        (destinations_ && sources_[number] != slots_[slot].destination)) {
      ++tally.stray;
      return;
    }
    switch (answer->kind) {
      case Answer::Kind::positive:
        ++tally.positive;
        break;
      case Answer::Kind::negative:
        ++tally.negative;
        break;
      case Answer::Kind::failure:
        ++tally.failed;
        break;
    }
    release(slot);
  }

  void release(std::size_t slot) {
    slots_[slot].waiting = false;
    free_.push_back(slot);
  }

  int socket_ = -1;
  std::optional<Destinations> destinations_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> free_;
  std::uint64_t token_mask_;
  std::mt19937_64 random_;
  std::array<std::byte, burst * largest_request> requests_{};
  std::array<std::array<std::byte, largest_answer>, burst> answers_{};
  std::array<iovec, burst> pieces_{};
  std::array<mmsghdr, burst> messages_{};
  std::array<Destinations::Endpoint, burst> sources_;  ///< of answers; only used with destinations
  std::array<iovec, burst> request_pieces_{};
  std::array<mmsghdr, burst> request_messages_{};
};

/// A client and the messages that it exchanges.
template <typename Exchange>
struct Party {
  template <typename Prepare>
  Party(const Options& options, unsigned seed, const Prepare& prepare)
      : client(options, std::remove_reference_t<Exchange>::token_mask, seed), exchange(prepare(client)) {}

  Client client;
  Exchange exchange;  ///< a reference if all clients share it
};

/// @param prepare makes the exchange of a client
template <typename Prepare>
void run(const Options& options, const Prepare& prepare) {
  std::deque<Party<std::invoke_result_t<Prepare, Client&>>> parties;
  for (unsigned i = 0; i < options.sockets; ++i) parties.emplace_back(options, i, prepare);

  Tally tally;
  const auto timeout = std::chrono::milliseconds(options.timeout);
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  auto next_expiry = start + timeout;
  for (auto now = start; now < end; now = Clock::now()) {
    for (auto& each : parties) {
      each.client.receive(each.exchange, tally);
      each.client.send(each.exchange, tally, now);
    }
    if (now < next_expiry) continue;
    next_expiry = now + timeout / 10;
    for (auto& each : parties) each.client.expire(now - timeout, tally);
  }
  const std::uint64_t in_time = tally.positive + tally.negative + tally.failed;

  const auto outstanding = [&] {
    return std::ranges::any_of(parties, [](const auto& each) { return each.client.outstanding() > 0; });
  };
  while (outstanding() && Clock::now() < end + timeout) {
    for (auto& each : parties) each.client.receive(each.exchange, tally);
  }
  for (auto& each : parties) each.client.expire(Clock::time_point::max(), tally);

  std::cout << "sent " << tally.sent << "\nanswered " << tally.positive + tally.negative + tally.failed << "\npositive "
            << tally.positive << "\nnegative " << tally.negative << "\nfailed " << tally.failed << "\nlost "
            << tally.lost << "\nstray " << tally.stray << "\nseconds " << options.seconds << "\nrate "
            << static_cast<double>(in_time) / options.seconds << '\n';
}

/// The server's challenge to this client: a nonce may be valid for one address and port only.
Challenge challenge_of(Client& client, const Options& options) {
  std::array<std::byte, stun_header_size> request{};
  // No slot has this token, so a late or duplicate answer counts as stray.
  write_stun_header(~std::uint64_t{0}, 0, request.data());
  const auto answer = client.ask(request, std::chrono::milliseconds(options.timeout));
  if (auto challenge = read_challenge(answer)) return *challenge;
  const auto read = StunExchange::read(answer);
  if (!read || read->kind != Answer::Kind::positive) throw std::runtime_error("the answer is no challenge");
  // A server that sends no challenge, such as the echo, still gets requests as long as those to Thence.
  return {"example.com", std::string(29, 'n')};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  bool fingerprint = false;
  std::string user;
  std::string password;
  std::string queries;
  bool recursion = false;
  CLI::App app("Keeps a UDP server busy and counts what it answers");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", options.server, "Its address")->capture_default_str();
  auto* const destinations =
      app.add_option("--destinations", options.destinations,
                     "A prefix: each request goes to another of its addresses, by a system call's message of its own");
  app.add_option("--port", options.port, "Its port")->required();
  app.add_option("--seconds", options.seconds, "How long to send")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  app.add_option("--sockets", options.sockets, "Clients")->check(CLI::Range(1, 256))->capture_default_str();
  app.add_option("--window", options.window, "Outstanding requests a socket")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--timeout", options.timeout, "Milliseconds after which a request is lost")
      ->check(CLI::Range(10, 60'000))
      ->capture_default_str();
  auto* const stun = app.add_subcommand("stun", "STUN Binding requests (RFC 8489)");
  auto* const with_fingerprint = stun->add_flag("--fingerprint", fingerprint, "Add FINGERPRINT");
  auto* const with_user = stun->add_option("--user", user, "Who asks, by the long-term credential mechanism");
  auto* const with_password = stun->add_option("--password", password, "The password of that user")->needs(with_user);
  with_user->needs(with_password)->excludes(with_fingerprint)->excludes(destinations);
  auto* const dns = app.add_subcommand("dns", "DNS queries with EDNS");
  dns->add_option("--queries", queries, "A file with `NAME TYPE` a line")->required()->check(CLI::ExistingFile);
  dns->add_flag("--recursion", recursion, "Ask for recursion");
  CLI11_PARSE(app, argc, argv);
  try {
    if (*stun && *with_user) {
      run(options, [&](Client& client) { return SignedStunExchange(user, password, challenge_of(client, options)); });
    } else if (*stun) {
      run(options, [&](Client&) { return StunExchange(fingerprint); });
    }
    if (*dns) {
      DnsExchange exchange(queries, recursion);
      run(options, [&](Client&) -> DnsExchange& { return exchange; });
    }
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
