#pragma once

#include "responder/probe/nat_behavior.hpp"
#include "responder/probe/udp_client.hpp"

#include <chrono>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace thence::probe {

/// How long to leave each binding idle: at most `most` values, spread evenly over (after, until], in whole seconds,
/// ascending.
std::vector<std::chrono::seconds> waits_between(std::chrono::seconds after, std::chrono::seconds until,
                                                std::size_t most);

/// Measures the binding lifetime (RFC 5780 §4.6). In each round, several sockets create bindings at the same time. Each
/// binding is left idle for a different time, then another socket makes the server send to it (RESPONSE-PORT). A
/// binding is used only once, because incoming traffic may refresh it. The first expired binding ends the round; the
/// next round searches between that time and the longest that survived, until the two are one second apart. Before and
/// after each round, a fresh binding must still be reachable, or the silence of the others would prove nothing.
class BindingLifetime {
 public:
  /// @param longest the longest idle time to try, at least 1 s
  BindingLifetime(boost::asio::io_context& context, UdpClient& client, Endpoint server, boost::asio::ip::address local,
                  std::chrono::seconds longest, Retransmission schedule);
  ~BindingLifetime();
  BindingLifetime(const BindingLifetime&) = delete;
  BindingLifetime& operator=(const BindingLifetime&) = delete;

  /// Starts the search; run the context until done().
  void start();
  bool done() const noexcept;
  /// The results, complete once done().
  const LifetimeTests& tests() const noexcept;

  /// For a progress bar: how long this round has run, the most it can take, and the longest idle time survived so far.
  struct Progress {
    std::chrono::seconds elapsed{};
    std::chrono::seconds total{};
    std::chrono::seconds survived{};
  };
  Progress progress() const;

 private:
  class Search;
  std::shared_ptr<Search> search_;
};

}  // namespace thence::probe
