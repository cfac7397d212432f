#pragma once

#include "protocols/dns/forward/ares_channel.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace thence::dns {

/// The channels of one worker: for each path to an upstream, as many as it takes to vary source ports.
class UpstreamChannels {
 public:
  /// Limit on channels in total. Each takes about 75 KiB and, while queries are outstanding, one socket.
  static constexpr std::size_t most = 512;

  /// @param ended, handle as for AresChannel
  UpstreamChannels(boost::asio::any_io_executor executor, EndedTries& ended, std::function<void()> handle)
      : executor_(std::move(executor)), ended_(ended), handle_(std::move(handle)) {}

  /// Sends a query. If that fails, the attempt ends at once.
  void send(const UpstreamPath& path, Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept;
  /// Ends the queries that have timed out.
  void expire() noexcept;

  std::size_t size() const noexcept { return channels_.size(); }

 private:
  using Channels = std::multimap<UpstreamPath, std::shared_ptr<AresChannel>>;

  AresChannel* usable(const UpstreamPath& path, std::uint64_t now);
  bool make_room() noexcept;

  boost::asio::any_io_executor executor_;
  EndedTries& ended_;
  std::function<void()> handle_;
  Channels channels_;
};

}  // namespace thence::dns
