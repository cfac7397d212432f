#include "protocols/dns/forward/upstream_channels.hpp"

#include <algorithm>
#include <exception>

namespace thence::dns {

void UpstreamChannels::send(const UpstreamPath& path, Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept {
  AresChannel* channel = nullptr;
  try {
    channel = usable(path, now);
  } catch (const std::exception&) {
    channel = nullptr;  // no memory
  }
  if (channel != nullptr) {
    channel->send(query, attempt, now);
  } else {
    attempt.end = UpstreamTry::End::no_socket;
    ended_.push_back(&attempt);
  }
}

void UpstreamChannels::expire() noexcept {
  for (const auto& [path, channel] : channels_) {
    if (channel->outstanding() > 0) channel->expire();
  }
}

/// @return nullptr if all are busy
AresChannel* UpstreamChannels::usable(const UpstreamPath& path, std::uint64_t now) {
  const auto [first, last] = channels_.equal_range(path);
  const auto found = std::find_if(first, last, [&](const auto& each) { return !each.second->is_worn(now); });
  if (found != last) return found->second.get();
  if (channels_.size() >= most && !make_room()) return nullptr;
  return channels_.emplace(path, std::make_shared<AresChannel>(executor_, path, ended_, handle_))->second.get();
}

/// Destroys an idle channel.
bool UpstreamChannels::make_room() noexcept {
  const auto idle = std::ranges::find_if(channels_, [](const auto& each) { return each.second->outstanding() == 0; });
  if (idle == channels_.end()) return false;
  channels_.erase(idle);
  return true;
}

}  // namespace thence::dns
