#pragma once

#include "responder/probe/nat_behavior.hpp"
#include "responder/probe/udp_client.hpp"

#include <chrono>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace thence::probe {

/// The times to leave bindings alone: at most `most` of them, evenly over (after, until], in whole seconds, rising.
std::vector<std::chrono::seconds> waits_between(std::chrono::seconds after, std::chrono::seconds until,
                                                std::size_t most);

/// Looks for the binding lifetime (RFC 5780 §4.6): sockets make bindings at the same time, each is left alone for a
/// time of its own, then another socket has the server send to it (RESPONSE-PORT). Each binding is used once, as what
/// arrives may refresh it. The first that is gone ends the round; the next one looks between it and the longest that
/// survived, until they are a second apart. Before and after each round a binding that is not left alone has to answer,
/// else the silence of others proves nothing.
class BindingLifetime {
 public:
  /// @param longest the longest time that is tried, at least 1 s
  BindingLifetime(boost::asio::io_context& context, UdpClient& client, Endpoint server, boost::asio::ip::address local,
                  std::chrono::seconds longest, Retransmission schedule);
  ~BindingLifetime();
  BindingLifetime(const BindingLifetime&) = delete;
  BindingLifetime& operator=(const BindingLifetime&) = delete;

  /// Begins; the context has to run until done().
  void start();
  bool done() const noexcept;
  /// All of it, once done.
  const LifetimeTests& tests() const noexcept;

  /// For a progress bar: how long this round has run, how long it may take, and what has survived so far.
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
