#pragma once

#include "protocols/dns/forward/ares_channel.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace thence::dns {

/// The channels of one worker: one for each path to an upstream.
class UpstreamChannels {
 public:
  /// Limit on channels in total. Each takes about 75 KiB.
  static constexpr std::size_t most = 512;
  /// Limit on UDP sockets, beyond a few for each channel, if the process may have enough descriptors.
  static constexpr std::size_t most_ports = 512;

  /// @param ended, handle as for AresChannel
  UpstreamChannels(boost::asio::any_io_executor executor, EndedTries& ended, std::function<void()> handle);

  /// Sends a query. If that fails, the attempt ends at once.
  void send(const UpstreamPath& path, Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept;
  /// Ends the queries that have timed out.
  void expire() noexcept;

  std::size_t size() const noexcept { return channels_.size(); }

 private:
  using Channels = std::map<UpstreamPath, std::shared_ptr<AresChannel>>;

  AresChannel* channel(const UpstreamPath& path);
  bool make_room() noexcept;

  boost::asio::any_io_executor executor_;
  EndedTries& ended_;
  std::function<void()> handle_;
  UpstreamPorts ports_;
  Channels channels_;
};

}  // namespace thence::dns
