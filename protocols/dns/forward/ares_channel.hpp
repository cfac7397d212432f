#pragma once

#include "protocols/dns/wire/network_order.hpp"
#include "protocols/route.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

struct ares_channeldata;
struct msghdr;
struct sockaddr;

namespace thence::dns {

/// How an upstream is reached.
struct UpstreamPath {
  Endpoint upstream;
  Transport transport = Transport::udp;
  boost::asio::ip::address source{};  ///< unspecified: the system chooses
  std::string interface {};           ///< the only interface to use; empty: any
  std::chrono::milliseconds timeout{};

  friend bool operator<(const UpstreamPath& a, const UpstreamPath& b) noexcept;
};

/// One attempt to query an upstream. Must not move until it has ended.
struct UpstreamTry {
  enum class End : std::uint8_t {
    answered,
    timed_out,
    unreachable,  ///< reported by the system, or a connection broke
    no_socket,    ///< nothing was sent: no such source address, or a local resource ran out
  };

  void* asker = nullptr;  ///< its owner
  End end = End::no_socket;
  std::vector<std::uint8_t> answer{};  ///< a message with the sent id and, except for letter case, question
};

/// Where ended attempts go. Its capacity always covers all that are outstanding.
using EndedTries = std::vector<UpstreamTry*>;

/// A bound on the UDP sockets of a worker's channels.
struct UpstreamPorts {
  std::size_t most = 0;
  std::size_t open = 0;

  /// Whether a channel that has `own` may open another one. A few it may have in any case.
  bool may_open(std::size_t own) const noexcept { return open < most || own <= most / 64; }
};

/// A c-ares channel to one upstream over one path.
///
/// c-ares 1.18 sends all queries over UDP from one socket. Here, each query gets a socket and thereby a random source
/// port of its own (RFC 5452 §9.2), and an answer counts only where its query was sent from. Of this c-ares sees one
/// socket that stands for all. When there are as many sockets as there may be, or the system has no more, queries share
/// them evenly. A socket is closed with the last query on it.
class AresChannel : public std::enable_shared_from_this<AresChannel> {
 public:
  /// @param ports, ended must outlive this object
  /// @param handle called from a handler of the executor when attempts may have ended; never by send() or expire()
  /// @throws std::runtime_error if there is no memory for a channel
  AresChannel(const boost::asio::any_io_executor& executor, const UpstreamPath& path, UpstreamPorts& ports,
              EndedTries& ended, std::function<void()> handle);
  /// Ends all queries.
  ~AresChannel();
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  /// Sends a query. If that fails, the attempt ends at once.
  /// @param query a complete message with an unpredictable id
  void send(Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept;
  /// Ends the queries that have timed out.
  void expire() noexcept;

  std::size_t outstanding() const noexcept { return outstanding_; }

 private:
  /// The callback argument of an outstanding query.
  struct Sent;
  /// What Asio waits on.
  struct Socket {
    Socket(const boost::asio::any_io_executor& executor, int socket) : descriptor(executor, socket) {}
    boost::asio::posix::stream_descriptor descriptor;
    std::vector<Sent*> queries{};  ///< outstanding; only over UDP
    std::uint64_t worn_at = 0;     ///< from when on it gets queries only if all others are worn, too
    bool waits_to_read = false;
    bool waits_to_write = false;
  };
  /// The functions that c-ares calls.
  struct Callbacks;

  std::shared_ptr<Socket> open(int family, int type) noexcept;
  int connect(int family) noexcept;
  void close(int socket) noexcept;
  std::shared_ptr<Socket> open_port() noexcept;
  std::shared_ptr<Socket> choose_port() noexcept;
  std::ptrdiff_t send_datagram(const msghdr& message) noexcept;
  std::ptrdiff_t receive_datagram(std::span<std::uint8_t> into, int flags, sockaddr* from,
                                  unsigned* from_size) noexcept;
  static std::size_t answer_in(const Socket& port, std::span<std::uint8_t> buffer, std::size_t size) noexcept;
  void wait(const std::shared_ptr<Socket>& socket, bool readable, bool writable) noexcept;
  void wait_to_read(const std::shared_ptr<Socket>& socket);
  void wait_to_write(const std::shared_ptr<Socket>& socket);
  void read(const std::shared_ptr<Socket>& socket);
  void read_datagrams(const std::shared_ptr<Socket>& socket) noexcept;
  void release(Socket& port) noexcept;
  void end(Sent& sent, UpstreamTry::End end) noexcept;

  boost::asio::any_io_executor executor_;
  UpstreamPath path_;
  EndedTries& ended_;
  std::function<void()> handle_;
  UpstreamPorts& ports_;
  std::vector<std::shared_ptr<Socket>> udp_;  ///< all in use
  std::shared_ptr<Socket> tcp_;
  bool wants_to_write_ = false;
  bool has_more_ = false;                         ///< the last read returned data
  bool no_socket_ = false;                        ///< the last socket could not be created
  std::size_t outstanding_ = 0;                   ///< queries
  std::uint64_t opened_ = 0;                      ///< UDP sockets so far
  Sent* sending_ = nullptr;                       ///< the query that send() is called for
  std::uint64_t now_ = 0;                         ///< when that is
  std::vector<std::shared_ptr<Socket>> to_read_;  ///< UDP sockets, while c-ares reads
  std::size_t reads_left_ = 0;                    ///< of these
  std::chrono::steady_clock::time_point read_at_{};
  ares_channeldata* channel_ = nullptr;
};

}  // namespace thence::dns
