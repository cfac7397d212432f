#include "protocols/dns/forward/ares_channel.hpp"

#include "protocols/dns/wire/message.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <iterator>
#include <span>
#include <stdexcept>
#include <tuple>
#include <utility>

#include <ares.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

namespace thence::dns {

namespace {

using boost::asio::posix::stream_descriptor;
using boost::system::error_code;

constexpr std::size_t most_on_a_port = 256;
constexpr std::uint64_t longest_on_a_port = 10'000'000;  // microseconds
/// Consecutive reads before others get their turn.
constexpr int most_reads = 64;

/// On FORMERR without OPT, c-ares cuts the last 11 octets off the query and resends it, which is right only for a bare
/// OPT. So it gets to see an unused code in place of FORMERR.
constexpr std::uint8_t rcode_bits = 0x0F;
constexpr auto format_error = static_cast<std::uint8_t>(Rcode::formerr);
constexpr std::uint8_t disguised_format_error = 0x0F;

std::uint8_t& rcode_octet(std::uint8_t* message) noexcept { return message[3]; }

void replace_rcode(std::uint8_t* message, std::uint8_t code, std::uint8_t by) noexcept {
  auto& octet = rcode_octet(message);
  if ((octet & rcode_bits) == code) octet = static_cast<std::uint8_t>((octet & ~rcode_bits) | by);
}

/// Sets everything that c-ares would otherwise read from resolv.conf, the host's name and the environment.
ares_options options_of(const UpstreamPath& path, int& mask) {
  ares_options options{};
  options.flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  if (!is_datagram(path.transport)) {
    options.flags |= ARES_FLAG_USEVC;
  } else {
    // Our caller does the retry over TCP. c-ares accepts answers of more than 512 octets only with EDNS, a flag that
    // adds nothing to a raw query.
    options.flags |= ARES_FLAG_IGNTC | ARES_FLAG_EDNS;
  }
  constexpr int largest_answer = 4096;
  options.ednspsz = largest_answer;
  options.timeout = static_cast<int>(path.timeout.count());
  options.tries = 1;
  options.ndots = 1;
  static std::array<char, 2> no_files{"b"};
  options.lookups = no_files.data();
  mask = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_LOOKUPS |
         ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_NOROTATE | ARES_OPT_SOCK_STATE_CB;
  return options;
}

ares_addr_port_node server_of(const Endpoint& upstream) noexcept {
  ares_addr_port_node node{};
  node.udp_port = node.tcp_port = upstream.port();
  if (upstream.address().is_v4()) {
    node.family = AF_INET;
    const auto octets = upstream.address().to_v4().to_bytes();
    std::ranges::copy(octets, reinterpret_cast<std::uint8_t*>(&node.addr.addr4));
  } else {
    node.family = AF_INET6;
    const auto octets = upstream.address().to_v6().to_bytes();
    std::ranges::copy(octets, reinterpret_cast<std::uint8_t*>(&node.addr.addr6));
  }
  return node;
}

/// Anybody can forge an ICMP message that would have large queries fragmented (RFC 9715). A system without the option
/// sends them all the same.
void ignore_path_mtu(int socket, int family) noexcept {
  const int of_ipv4 = IP_PMTUDISC_OMIT;
  const int of_ipv6 = IPV6_PMTUDISC_OMIT;
  setsockopt(socket, IPPROTO_IP, IP_MTU_DISCOVER, &of_ipv4, sizeof of_ipv4);
  if (family == AF_INET6) setsockopt(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &of_ipv6, sizeof of_ipv6);
}

/// Binds a socket to its source. @return whether that worked
bool bind_source(int socket, const UpstreamPath& path, int type) noexcept {
  if (!path.interface.empty() && setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, path.interface.c_str(),
                                            static_cast<socklen_t>(path.interface.size())) != 0) {
    return false;
  }
  if (path.source.is_unspecified()) return true;
  // A port chosen at connect time can be shared by connections to different peers.
  const int late = 1;
  if (type == SOCK_STREAM) setsockopt(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof late);
  const Endpoint source(path.source, 0);
  return bind(socket, reinterpret_cast<const sockaddr*>(source.data()), static_cast<socklen_t>(source.size())) == 0;
}

}  // namespace

bool operator<(const UpstreamPath& a, const UpstreamPath& b) noexcept {
  return std::tie(a.upstream, a.transport, a.source, a.interface, a.timeout) <
         std::tie(b.upstream, b.transport, b.source, b.interface, b.timeout);
}

struct AresChannel::Sent {
  AresChannel& channel;
  UpstreamTry& attempt;
  std::array<std::uint8_t, 2> id;
  std::vector<std::uint8_t> question;
};

struct AresChannel::Callbacks {
  static AresChannel& of(void* channel) noexcept { return *static_cast<AresChannel*>(channel); }

  static ares_socket_t open(int family, int type, int /*protocol*/, void* channel) {
    return of(channel).open(family, type);
  }

  static int close(ares_socket_t socket, void* channel) {
    of(channel).close(socket);
    return 0;
  }

  static int connect(ares_socket_t socket, const sockaddr* to, ares_socklen_t size, void* /*channel*/) {
    return ::connect(socket, to, size);
  }

  static ares_ssize_t receive(ares_socket_t socket, void* data, size_t size, int flags, sockaddr* from,
                              ares_socklen_t* from_size, void* channel) {
    const auto received = ::recvfrom(socket, data, size, flags, from, from_size);
    const bool is_udp = thence::is_datagram(of(channel).path_.transport);
    of(channel).has_more_ = received > 0 || (received == 0 && is_udp);
    if (received == 0 && is_udp) {
      // c-ares would take that for the end of the connection and of all queries.
      errno = EAGAIN;
      return -1;
    }
    if (!is_udp || received < static_cast<ssize_t>(header_size)) return received;
    auto* const message = static_cast<std::uint8_t*>(data);
    replace_rcode(message, format_error, disguised_format_error);
    if (received > static_cast<ssize_t>(header_size)) return received;
    return static_cast<ares_ssize_t>(of(channel).add_question(message, size));
  }

  static ares_ssize_t send(ares_socket_t socket, const iovec* parts, int count, void* channel) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = static_cast<std::size_t>(count);
    const auto sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    // A datagram that does not fit the send buffer counts as lost in transit; c-ares would consider the upstream dead.
    const bool is_full = sent < 0 && (errno == EAGAIN || errno == ENOBUFS);
    if (is_full && is_datagram(of(channel).path_.transport)) return static_cast<ares_ssize_t>(parts->iov_len);
    return sent;
  }

  static void wait(void* channel, ares_socket_t /*socket*/, int readable, int writable) {
    of(channel).wait(readable != 0, writable != 0);
  }

  static void end(void* sent, int status, int /*timeouts*/, unsigned char* message, int size) {
    const std::unique_ptr<Sent> owned(static_cast<Sent*>(sent));
    auto& channel = owned->channel;
    auto& attempt = owned->attempt;
    auto end = status == ARES_SUCCESS                              ? UpstreamTry::End::answered
               : status == ARES_ETIMEOUT                           ? UpstreamTry::End::timed_out
               : channel.no_socket_ || status != ARES_ECONNREFUSED ? UpstreamTry::End::no_socket
                                                                   : UpstreamTry::End::unreachable;
    try {
      if (end == UpstreamTry::End::answered) attempt.answer.assign(message, message + size);
    } catch (const std::exception&) {
      end = UpstreamTry::End::no_socket;
    }
    if (end == UpstreamTry::End::answered && is_datagram(channel.path_.transport)) {
      replace_rcode(attempt.answer.data(), disguised_format_error, format_error);
    }
    channel.end(*owned, end);
  }
};

AresChannel::AresChannel(const boost::asio::any_io_executor& executor, const UpstreamPath& path, EndedTries& ended,
                         std::function<void()> handle)
    : executor_(executor), path_(path), ended_(ended), handle_(std::move(handle)) {
  int mask = 0;
  auto options = options_of(path_, mask);
  options.sock_state_cb = Callbacks::wait;
  options.sock_state_cb_data = this;
  auto server = server_of(path_.upstream);
  if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) throw std::runtime_error("c-ares");
  static const ares_socket_functions functions{Callbacks::open, Callbacks::close, Callbacks::connect,
                                               Callbacks::receive, Callbacks::send};
  ares_set_socket_functions(channel_, &functions, this);
  if (ares_set_servers_ports(channel_, &server) != ARES_SUCCESS) {
    ares_destroy(channel_);
    throw std::runtime_error("c-ares");
  }
}

AresChannel::~AresChannel() { ares_destroy(channel_); }

void AresChannel::send(Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept {
  std::unique_ptr<Sent> sent;
  try {
    const Octets rest = query.subspan(header_size);
    const Octets question = rest.first(skip_name(rest) + question_tail);
    sent = std::make_unique<Sent>(Sent{*this, attempt, {query[0], query[1]}, {question.begin(), question.end()}});
    under_way_.push_back(sent.get());
  } catch (const std::exception&) {
    attempt.end = UpstreamTry::End::no_socket;
    ended_.push_back(&attempt);
    return;
  }
  if (under_way_.size() == 1) {
    sent_ = 0;
    first_ = now;
  }
  ++sent_;
  no_socket_ = false;
  // Calls back and thereby frees it in any case.
  ares_send(channel_, query.data(), static_cast<int>(query.size()), Callbacks::end, sent.release());
}

void AresChannel::expire() noexcept { ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD); }

bool AresChannel::is_worn(std::uint64_t now) const noexcept {
  if (!is_datagram(path_.transport) || under_way_.empty()) return false;
  return sent_ >= most_on_a_port || now < first_ || now - first_ >= longest_on_a_port;
}

int AresChannel::open(int family, int type) noexcept {
  const int socket = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket >= 0 && type == SOCK_DGRAM) ignore_path_mtu(socket, family);
  no_socket_ = socket < 0 || !bind_source(socket, path_, type);
  try {
    if (!no_socket_) socket_ = std::make_shared<Socket>(executor_, socket);
  } catch (const std::exception&) {
    no_socket_ = true;
  }
  if (!no_socket_) return socket;
  if (socket >= 0) ::close(socket);
  return ARES_SOCKET_BAD;
}

void AresChannel::close(int socket) noexcept {
  // Must happen before the close: another socket may get its number.
  if (socket_ && socket_->descriptor.native_handle() == socket) {
    try {
      socket_->descriptor.release();
    } catch (const boost::system::system_error&) {
      // Then it is not waited for.
    }
    socket_.reset();
  }
  ::close(socket);
}

/// If waiting fails, queries end by their timeouts.
void AresChannel::wait(bool readable, bool writable) noexcept {
  if (!socket_) return;
  wants_to_write_ = writable;
  try {
    if (readable) wait_to_read();
    if (writable) wait_to_write();
  } catch (const std::exception&) {
    wants_to_write_ = false;
  }
}

void AresChannel::wait_to_read() {
  if (std::exchange(socket_->waits_to_read, true)) return;
  socket_->descriptor.async_wait(
      stream_descriptor::wait_read, [weak = weak_from_this(), socket = socket_](error_code error) {
        socket->waits_to_read = false;
        // The socket may have been closed meanwhile, and its number reused: ignore what was seen of it.
        const auto self = weak.lock();
        if (error || !self || self->socket_ != socket) return;
        for (int reads = 0; reads < most_reads; ++reads) {
          self->has_more_ = false;
          ares_process_fd(self->channel_, socket->descriptor.native_handle(), ARES_SOCKET_BAD);
          if (!self->has_more_ || self->socket_ != socket) break;
        }
        self->wait(true, self->wants_to_write_);
        self->handle_();
      });
}

void AresChannel::wait_to_write() {
  if (std::exchange(socket_->waits_to_write, true)) return;
  socket_->descriptor.async_wait(stream_descriptor::wait_write,
                                 [weak = weak_from_this(), socket = socket_](error_code error) {
                                   socket->waits_to_write = false;
                                   const auto self = weak.lock();
                                   if (error || !self || self->socket_ != socket || !self->wants_to_write_) return;
                                   ares_process_fd(self->channel_, ARES_SOCKET_BAD, socket->descriptor.native_handle());
                                   self->wait(true, self->wants_to_write_);
                                   self->handle_();
                                 });
}

/// A server without EDNS may refuse with a header only, which c-ares would not match to any query.
std::size_t AresChannel::add_question(std::uint8_t* message, std::size_t room) const noexcept {
  const bool is_refusal = (rcode_octet(message) & rcode_bits) == disguised_format_error && load16(message + 4) == 0;
  const auto asked = std::ranges::find_if(
      under_way_, [&](const Sent* each) { return std::ranges::equal(each->id, std::span(message, each->id.size())); });
  if (!is_refusal || asked == under_way_.end()) return header_size;
  const auto& question = (*asked)->question;
  if (header_size + question.size() > room) return header_size;
  store16(message + 4, 1);
  std::ranges::copy(question, message + header_size);
  return header_size + question.size();
}

void AresChannel::end(Sent& sent, UpstreamTry::End end) noexcept {
  std::erase(under_way_, &sent);
  sent.attempt.end = end;
  ended_.push_back(&sent.attempt);
}

}  // namespace thence::dns
