#pragma once

#include "protocols/dns/wire/network_order.hpp"
#include "protocols/route.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

struct ares_channeldata;

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

/// A c-ares channel to one upstream over one path. It has a socket only while queries are outstanding, so the next
/// query gets a new source port.
class AresChannel : public std::enable_shared_from_this<AresChannel> {
 public:
  /// @param ended must outlive this object
  /// @param handle called from a handler of the executor when attempts may have ended; never by send() or expire()
  /// @throws std::runtime_error if there is no memory for a channel
  AresChannel(const boost::asio::any_io_executor& executor, const UpstreamPath& path, EndedTries& ended,
              std::function<void()> handle);
  /// Ends all queries.
  ~AresChannel();
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  /// Sends a query. If that fails, the attempt ends at once.
  /// @param query a complete message with an unpredictable id
  void send(Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept;
  /// Ends the queries that have timed out.
  void expire() noexcept;

  std::size_t outstanding() const noexcept { return under_way_.size(); }
  /// Whether the source port has been in use so long, or for so many queries, that guessing it becomes worthwhile (RFC
  /// 5452 §9.2): send no further query here until all have ended.
  bool is_worn(std::uint64_t now) const noexcept;

 private:
  /// What Asio waits on. The descriptor is closed by c-ares, through a callback here.
  struct Socket {
    Socket(const boost::asio::any_io_executor& executor, int socket) : descriptor(executor, socket) {}
    boost::asio::posix::stream_descriptor descriptor;
    bool waits_to_read = false;
    bool waits_to_write = false;
  };
  /// The callback argument of an outstanding query.
  struct Sent;
  /// The functions that c-ares calls.
  struct Callbacks;

  int open(int family, int type) noexcept;
  void close(int socket) noexcept;
  void wait(bool readable, bool writable) noexcept;
  void wait_to_read();
  void wait_to_write();
  /// Adds the question to a refusal that is only a header, if it answers one of our queries.
  /// @return the resulting size of the message in octets
  std::size_t add_question(std::uint8_t* message, std::size_t room) const noexcept;
  void end(Sent& sent, UpstreamTry::End end) noexcept;

  boost::asio::any_io_executor executor_;
  UpstreamPath path_;
  EndedTries& ended_;
  std::function<void()> handle_;
  std::shared_ptr<Socket> socket_;
  bool wants_to_write_ = false;
  bool has_more_ = false;   ///< the last read returned data
  bool no_socket_ = false;  ///< the last socket could not be created
  std::vector<Sent*> under_way_;
  std::size_t sent_ = 0;     ///< queries since the socket was created
  std::uint64_t first_ = 0;  ///< when the first of them was sent
  ares_channeldata* channel_ = nullptr;
};

}  // namespace thence::dns
