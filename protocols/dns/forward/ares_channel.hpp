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

/// How an upstream is asked.
struct UpstreamPath {
  Endpoint upstream;
  Transport transport = Transport::udp;
  boost::asio::ip::address source{};  ///< unspecified: the system chooses
  std::string interface {};           ///< the only one that may be used; empty: any
  std::chrono::milliseconds timeout{};

  friend bool operator<(const UpstreamPath& a, const UpstreamPath& b) noexcept;
};

/// One try to ask an upstream. It stays where it is until it has ended.
struct UpstreamTry {
  enum class End : std::uint8_t {
    answered,
    timed_out,
    unreachable,  ///< the system says so, or a connection broke
    no_socket,    ///< nothing was sent: no such source, or not enough of something here
  };

  void* asker = nullptr;  ///< whose it is
  End end = End::no_socket;
  std::vector<std::uint8_t> answer{};  ///< a message with the id and, but for letter case, the question that were sent
};

/// Where tries go that have ended. There is always room for all that are under way.
using EndedTries = std::vector<UpstreamTry*>;

/// A c-ares channel, which asks one upstream in one way. It has a socket only while queries are outstanding, so the
/// next one gets another source port.
class AresChannel : public std::enable_shared_from_this<AresChannel> {
 public:
  /// @param ended outlives this
  /// @param handle called when something may have ended, from a handler of the executor; never by send() or expire()
  /// @throws std::runtime_error where there is no memory for a channel
  AresChannel(const boost::asio::any_io_executor& executor, const UpstreamPath& path, EndedTries& ended,
              std::function<void()> handle);
  /// Ends all queries.
  ~AresChannel();
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  /// Sends a query. Where that fails, the try has ended at once.
  /// @param query a whole message with an id that cannot be guessed
  void send(Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept;
  /// Ends the queries whose time is over.
  void expire() noexcept;

  std::size_t outstanding() const noexcept { return under_way_.size(); }
  /// Whether the source port has been in use for so long, or by so many queries, that guessing becomes worthwhile
  /// (RFC 5452 §9.2): no further query should go here until all have ended.
  bool is_worn(std::uint64_t now) const noexcept;

 private:
  /// What Asio waits for. c-ares, or rather what it calls here, closes the descriptor.
  struct Socket {
    Socket(const boost::asio::any_io_executor& executor, int socket) : descriptor(executor, socket) {}
    boost::asio::posix::stream_descriptor descriptor;
    bool waits_to_read = false;
    bool waits_to_write = false;
  };
  /// What c-ares has to know of an outstanding query.
  struct Sent;
  /// The functions that c-ares calls.
  struct Callbacks;

  int open(int family, int type) noexcept;
  void close(int socket) noexcept;
  void wait(bool readable, bool writable) noexcept;
  void wait_to_read();
  void wait_to_write();
  /// Adds the question to a refusal that is a header alone, where it is one of ours.
  /// @return octets of the message then
  std::size_t add_question(std::uint8_t* message, std::size_t room) const noexcept;
  void end(Sent& sent, UpstreamTry::End end) noexcept;

  boost::asio::any_io_executor executor_;
  UpstreamPath path_;
  EndedTries& ended_;
  std::function<void()> handle_;
  std::shared_ptr<Socket> socket_;
  bool wants_to_write_ = false;
  bool has_more_ = false;   ///< the last read found something
  bool no_socket_ = false;  ///< the last one could not be made
  std::vector<Sent*> under_way_;
  std::size_t sent_ = 0;     ///< queries since the socket was made
  std::uint64_t first_ = 0;  ///< when the first of them was sent
  ares_channeldata* channel_ = nullptr;
};

}  // namespace thence::dns
