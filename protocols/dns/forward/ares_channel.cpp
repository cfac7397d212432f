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

/// How long a port is in use at most, in microseconds, before it gets no more queries; and by how much less some ports
/// are, so that not all are worn at once.
constexpr std::uint64_t longest_on_a_port = 10'000'000;
constexpr std::uint64_t port_step = 312'500;
constexpr std::uint64_t port_steps = 16;
/// Without as much as a look at what has come, the process was stopped: twice the interval of expire().
constexpr std::chrono::milliseconds pause(100);
/// What c-ares takes for the UDP socket of a channel. It only hands it back.
constexpr ares_socket_t all_udp = 0;
/// Consecutive reads before others get their turn.
constexpr std::size_t most_reads = 64;

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

/// Whether there are no more descriptors, ports or memory.
bool is_shortage(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS || error == EAGAIN ||
         error == EADDRINUSE;
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
  std::shared_ptr<Socket> socket{};  ///< only over UDP
};

struct AresChannel::Callbacks {
  static AresChannel& of(void* channel) noexcept { return *static_cast<AresChannel*>(channel); }

  static bool is_udp(void* channel) noexcept { return is_datagram(of(channel).path_.transport); }

  static ares_socket_t open(int family, int /*type*/, int /*protocol*/, void* channel) {
    return is_udp(channel) ? all_udp : of(channel).connect(family);
  }

  static int close(ares_socket_t socket, void* channel) {
    if (!is_udp(channel)) of(channel).close(socket);
    return 0;
  }

  static int connect(ares_socket_t socket, const sockaddr* to, ares_socklen_t size, void* channel) {
    return is_udp(channel) ? 0 : ::connect(socket, to, size);
  }

  static ares_ssize_t receive(ares_socket_t socket, void* data, size_t size, int flags, sockaddr* from,
                              ares_socklen_t* from_size, void* channel) {
    if (is_udp(channel)) {
      return of(channel).receive_datagram({static_cast<std::uint8_t*>(data), size}, flags, from, from_size);
    }
    const auto received = ::recvfrom(socket, data, size, flags, from, from_size);
    of(channel).has_more_ = received > 0;
    return received;
  }

  static ares_ssize_t send(ares_socket_t socket, const iovec* parts, int count, void* channel) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts);
    message.msg_iovlen = static_cast<std::size_t>(count);
    return is_udp(channel) ? of(channel).send_datagram(message) : ::sendmsg(socket, &message, MSG_NOSIGNAL);
  }

  /// UDP sockets are waited on from the time they are opened.
  static void wait(void* channel, ares_socket_t /*socket*/, int readable, int writable) {
    if (is_udp(channel) || !of(channel).tcp_) return;
    of(channel).wants_to_write_ = writable != 0;
    of(channel).wait(of(channel).tcp_, readable != 0, writable != 0);
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

AresChannel::AresChannel(const boost::asio::any_io_executor& executor, const UpstreamPath& path, UpstreamPorts& ports,
                         EndedTries& ended, std::function<void()> handle)
    : executor_(executor), path_(path), ended_(ended), handle_(std::move(handle)), ports_(ports) {
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
  } catch (const std::exception&) {
    attempt.end = UpstreamTry::End::no_socket;
    ended_.push_back(&attempt);
    return;
  }
  ++outstanding_;
  no_socket_ = false;
  now_ = now;
  sending_ = sent.get();
  // Calls back and thereby frees it in any case.
  ares_send(channel_, query.data(), static_cast<int>(query.size()), Callbacks::end, sent.release());
  sending_ = nullptr;
}

void AresChannel::expire() noexcept {
  if (is_datagram(path_.transport)) return read_datagrams(nullptr);
  ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

/// @return nullptr if there is none, for the reason in errno
std::shared_ptr<AresChannel::Socket> AresChannel::open(int family, int type) noexcept {
  const int socket = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket >= 0 && type == SOCK_DGRAM) ignore_path_mtu(socket, family);
  int error = socket >= 0 && bind_source(socket, path_, type) ? 0 : errno;
  try {
    if (error == 0) return std::make_shared<Socket>(executor_, socket);
  } catch (const std::exception&) {
    error = ENOMEM;
  }
  if (socket >= 0) ::close(socket);
  no_socket_ = true;
  errno = error;
  return nullptr;
}

/// The socket of a connection, for c-ares to connect.
int AresChannel::connect(int family) noexcept {
  tcp_ = open(family, SOCK_STREAM);
  return tcp_ ? tcp_->descriptor.native_handle() : ARES_SOCKET_BAD;
}

void AresChannel::close(int socket) noexcept {
  boost::system::error_code ignored;
  if (!tcp_ || tcp_->descriptor.native_handle() != socket) return;
  tcp_->descriptor.close(ignored);
  tcp_.reset();
}

/// @return nullptr if there is none, for the reason in errno
std::shared_ptr<AresChannel::Socket> AresChannel::open_port() noexcept {
  const auto& upstream = path_.upstream;
  auto port = open(upstream.address().is_v4() ? AF_INET : AF_INET6, SOCK_DGRAM);
  if (!port) return nullptr;
  if (::connect(port->descriptor.native_handle(), reinterpret_cast<const sockaddr*>(upstream.data()),
                static_cast<socklen_t>(upstream.size())) != 0) {
    const int error = errno;
    port.reset();
    errno = error;
    return nullptr;
  }
  try {
    udp_.push_back(port);
  } catch (const std::exception&) {
    no_socket_ = true;
    errno = ENOMEM;
    return nullptr;
  }
  port->worn_at = now_ + longest_on_a_port - opened_++ % port_steps * port_step;
  ++ports_.open;
  wait(port, true, false);
  return port;
}

/// A UDP socket for the next query: one of its own or, if there are too many, the one with the fewest.
/// @return nullptr if there is none, for the reason in errno
std::shared_ptr<AresChannel::Socket> AresChannel::choose_port() noexcept {
  if (ports_.may_open(udp_.size())) {
    auto own = open_port();
    if (own || udp_.empty() || !is_shortage(errno)) return own;
    no_socket_ = false;
  }
  return *std::ranges::min_element(
      udp_, {}, [this](const auto& each) { return std::pair(now_ >= each->worn_at, each->queries.size()); });
}

std::ptrdiff_t AresChannel::send_datagram(const msghdr& message) noexcept {
  auto port = choose_port();
  if (!port) return -1;
  try {
    port->queries.push_back(sending_);
  } catch (const std::exception&) {
    no_socket_ = true;
    release(*port);
    errno = ENOMEM;
    return -1;
  }
  const int descriptor = port->descriptor.native_handle();
  sending_->socket = std::move(port);
  const auto sent = ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
  // A datagram that does not fit the send buffer counts as lost in transit; c-ares would consider the upstream dead.
  const bool is_full = sent < 0 && (errno == EAGAIN || errno == ENOBUFS);
  return is_full ? static_cast<std::ptrdiff_t>(message.msg_iov->iov_len) : sent;
}

/// Reads from the sockets to be read. What answers no query sent from there is as if it had not come.
std::ptrdiff_t AresChannel::receive_datagram(std::span<std::uint8_t> into, int flags, sockaddr* from,
                                             unsigned* from_size) noexcept {
  while (!to_read_.empty() && reads_left_ > 0) {
    // It is closed with its last query.
    if (!to_read_.back()->descriptor.is_open()) {
      to_read_.pop_back();
      continue;
    }
    --reads_left_;
    auto& socket = *to_read_.back();
    const auto received =
        ::recvfrom(socket.descriptor.native_handle(), into.data(), into.size(), flags, from, from_size);
    if (received < 0) {
      to_read_.pop_back();
      if (errno == EAGAIN) continue;
      return received;
    }
    if (const auto size = answer_in(socket, into, static_cast<std::size_t>(received)); size > 0) {
      return static_cast<std::ptrdiff_t>(size);
    }
  }
  errno = EAGAIN;
  return -1;
}

/// Makes what was received on a port fit for c-ares.
/// @return octets of the message; 0 if no query that was sent from there has its id
std::size_t AresChannel::answer_in(const Socket& port, std::span<std::uint8_t> buffer, std::size_t size) noexcept {
  if (size < header_size) return 0;
  const auto asked = std::ranges::find_if(
      port.queries, [&](const Sent* each) { return std::ranges::equal(each->id, buffer.first(each->id.size())); });
  if (asked == port.queries.end()) return 0;
  replace_rcode(buffer.data(), format_error, disguised_format_error);
  // A server without EDNS may refuse with a header only, which c-ares would not match to any query.
  const auto& question = (*asked)->question;
  const bool is_refusal = (rcode_octet(buffer.data()) & rcode_bits) == disguised_format_error;
  if (size > header_size || !is_refusal || load16(buffer.data() + 4) != 0) return size;
  if (header_size + question.size() > buffer.size()) return size;
  store16(buffer.data() + 4, 1);
  std::ranges::copy(question, buffer.data() + header_size);
  return header_size + question.size();
}

/// If waiting fails, queries end by their timeouts.
void AresChannel::wait(const std::shared_ptr<Socket>& socket, bool readable, bool writable) noexcept {
  try {
    if (readable) wait_to_read(socket);
    if (writable) wait_to_write(socket);
  } catch (const std::exception&) {
    wants_to_write_ = false;
  }
}

void AresChannel::wait_to_read(const std::shared_ptr<Socket>& socket) {
  if (std::exchange(socket->waits_to_read, true)) return;
  socket->descriptor.async_wait(stream_descriptor::wait_read, [weak = weak_from_this(), socket](error_code error) {
    socket->waits_to_read = false;
    const auto self = weak.lock();
    if (!error && self && socket->descriptor.is_open()) self->read(socket);
  });
}

void AresChannel::read(const std::shared_ptr<Socket>& socket) {
  if (is_datagram(path_.transport)) {
    read_datagrams(socket);
  } else {
    for (std::size_t reads = 0; reads < most_reads; ++reads) {
      has_more_ = false;
      ares_process_fd(channel_, socket->descriptor.native_handle(), ARES_SOCKET_BAD);
      if (!has_more_ || !socket->descriptor.is_open()) break;
    }
  }
  if (socket->descriptor.is_open()) wait(socket, true, wants_to_write_);
  handle_();
}

/// Has c-ares read what has come, after which it ends the queries that have timed out. If the process has been stopped
/// for a while, the answers to those may wait on any socket, so all are read.
/// @param socket the one that is ready; nullptr: none is known to be
void AresChannel::read_datagrams(const std::shared_ptr<Socket>& socket) noexcept {
  const auto now = std::chrono::steady_clock::now();
  const bool was_stopped = now - std::exchange(read_at_, now) > pause;
  try {
    if (was_stopped) {
      to_read_ = udp_;
    } else if (socket) {
      to_read_.assign(1, socket);
    }
  } catch (const std::exception&) {
    to_read_.clear();  // no memory: they are read later
  }
  reads_left_ = most_reads + to_read_.size();
  ares_process_fd(channel_, all_udp, ARES_SOCKET_BAD);
  to_read_.clear();
}

void AresChannel::wait_to_write(const std::shared_ptr<Socket>& socket) {
  if (std::exchange(socket->waits_to_write, true)) return;
  socket->descriptor.async_wait(stream_descriptor::wait_write, [weak = weak_from_this(), socket](error_code error) {
    socket->waits_to_write = false;
    const auto self = weak.lock();
    if (error || !self || !socket->descriptor.is_open() || !self->wants_to_write_) return;
    ares_process_fd(self->channel_, ARES_SOCKET_BAD, socket->descriptor.native_handle());
    if (socket->descriptor.is_open()) self->wait(socket, true, self->wants_to_write_);
    self->handle_();
  });
}

/// Closes a UDP socket if no query needs it.
void AresChannel::release(Socket& port) noexcept {
  if (!port.queries.empty()) return;
  boost::system::error_code ignored;
  port.descriptor.close(ignored);
  --ports_.open;
  std::erase_if(udp_, [&](const auto& each) { return each.get() == &port; });
}

void AresChannel::end(Sent& sent, UpstreamTry::End end) noexcept {
  --outstanding_;
  if (sent.socket) {
    std::erase(sent.socket->queries, &sent);
    release(*sent.socket);
  }
  sent.attempt.end = end;
  ended_.push_back(&sent.attempt);
}

}  // namespace thence::dns
