// The least that a UDP server on a wildcard socket can do and still answer from the address it was asked on: read a
// batch with packet information, and write it back. Whatever a real responder costs beyond this is its own work.

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr unsigned batch_size = 64;
constexpr std::size_t largest_message = 4096;

struct Options {
  std::uint16_t port = 0;
  std::size_t reply_size = 0;
  bool ipv6 = false;
  bool dns = false;
  bool stun = false;
};

void set_option(int socket, int level, int option, int value) {
  if (setsockopt(socket, level, option, &value, sizeof value) < 0) {
    throw std::system_error(errno, std::generic_category(), "setsockopt");
  }
}

int open_socket(const Options& options) {
  const int socket = ::socket(options.ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) throw std::system_error(errno, std::generic_category(), "socket");
  set_option(socket, SOL_SOCKET, SO_RCVBUF, 1 << 20);

  sockaddr_storage address{};
  socklen_t length = 0;
  if (options.ipv6) {
    set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    set_option(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    const sockaddr_in6 any{AF_INET6, htons(options.port), 0, in6addr_any, 0};
    length = sizeof any;
    std::memcpy(&address, &any, sizeof any);
  } else {
    set_option(socket, IPPROTO_IP, IP_PKTINFO, 1);
    const sockaddr_in any{AF_INET, htons(options.port), {INADDR_ANY}, {}};
    length = sizeof any;
    std::memcpy(&address, &any, sizeof any);
  }
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), length) < 0) {
    throw std::system_error(errno, std::generic_category(), "bind to port " + std::to_string(options.port));
  }
  return socket;
}

/// The buffers of a batch. What was received is sent back, so one set of headers serves both directions.
struct Batch {
  // Buffers a power of two apart would map to the same few cache sets; one extra cache line each spreads them.
  std::array<std::array<std::byte, largest_message + 64>, batch_size> payloads{};
  std::array<sockaddr_storage, batch_size> peers{};
  struct alignas(cmsghdr) Control {
    std::array<std::byte, CMSG_SPACE(sizeof(in6_pktinfo))> octets;
  };
  std::array<Control, batch_size> controls{};
  std::array<iovec, batch_size> pieces{};
  std::array<mmsghdr, batch_size> messages{};

  void make_room(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      pieces[i] = {payloads[i].data(), largest_message};
      messages[i].msg_hdr = {
          &peers[i], sizeof peers[i], &pieces[i], 1, controls[i].octets.data(), controls[i].octets.size(), 0};
    }
  }
};

/// Keeps the address asked as the source, and leaves the outgoing interface to routing.
void forget_interface(msghdr& message) {
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) return;
  if (header->cmsg_level == IPPROTO_IP) {
    const int none = 0;
    std::memcpy(CMSG_DATA(header) + offsetof(in_pktinfo, ipi_ifindex), &none, sizeof none);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(header), sizeof info);
    if (IN6_IS_ADDR_LINKLOCAL(&info.ipi6_addr)) return;
    info.ipi6_ifindex = 0;
    std::memcpy(CMSG_DATA(header), &info, sizeof info);
  }
}

void serve(int socket, const Options& options) {
  static Batch batch;
  batch.make_room(batch_size);
  for (;;) {
    const int received = recvmmsg(socket, batch.messages.data(), batch_size, MSG_WAITFORONE, nullptr);
    if (received < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "recvmmsg");
    }
    const auto count = static_cast<unsigned>(received);
    for (unsigned i = 0; i < count; ++i) {
      if (options.dns) batch.payloads[i][2] |= std::byte{0x80};   // QR (RFC 1035 §4.1.1)
      if (options.stun) batch.payloads[i][0] |= std::byte{0x01};  // class: success response (RFC 8489 §5)
      batch.pieces[i].iov_len = options.reply_size > 0 ? options.reply_size : batch.messages[i].msg_len;
      forget_interface(batch.messages[i].msg_hdr);
    }
    for (unsigned sent = 0; sent < count;) {
      const int now = sendmmsg(socket, &batch.messages[sent], count - sent, 0);
      // A reply that cannot be sent must not hold back those behind it.
      sent += now > 0 ? static_cast<unsigned>(now) : 1;
    }
    batch.make_room(count);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A bare UDP echo that answers from the address asked, as a measure for real servers");
  app.add_option("--port", options.port, "UDP port")->required();
  app.add_option("--reply-size", options.reply_size,
                 "Octets of each reply, whatever its request has; 0: as many as that")
      ->check(CLI::Range(std::size_t{0}, largest_message));
  app.add_flag("--ipv6", options.ipv6, "Serve IPv6 instead of IPv4");
  app.add_flag("--dns", options.dns, "Mark each reply as a DNS response");
  app.add_flag("--stun", options.stun, "Mark each reply as a STUN success response");
  CLI11_PARSE(app, argc, argv);
  try {
    serve(open_socket(options), options);
  } catch (const std::exception& error) {
    std::cerr << "echo: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
