#include "protocols/dns/forward/upstream_channels.hpp"

#include <algorithm>
#include <exception>

#include <unistd.h>

namespace thence::dns {

namespace {

/// Other workers need sockets as well, and listeners, clients and files.
constexpr long share_of_descriptors = 16;

std::size_t ports_at_most() noexcept {
  const long descriptors = sysconf(_SC_OPEN_MAX);
  return descriptors < 0
             ? UpstreamChannels::most_ports
             : std::min(UpstreamChannels::most_ports, static_cast<std::size_t>(descriptors / share_of_descriptors));
}

}  // namespace

UpstreamChannels::UpstreamChannels(boost::asio::any_io_executor executor, EndedTries& ended,
                                   std::function<void()> handle)
    : executor_(std::move(executor)), ended_(ended), handle_(std::move(handle)), ports_{.most = ports_at_most()} {}

void UpstreamChannels::send(const UpstreamPath& path, Octets query, UpstreamTry& attempt, std::uint64_t now) noexcept {
  AresChannel* to = nullptr;
  try {
    to = channel(path);
  } catch (const std::exception&) {
    to = nullptr;  // no memory
  }
  if (to != nullptr) {
    to->send(query, attempt, now);
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
AresChannel* UpstreamChannels::channel(const UpstreamPath& path) {
  if (const auto found = channels_.find(path); found != channels_.end()) return found->second.get();
  if (channels_.size() >= most && !make_room()) return nullptr;
  auto made = std::make_shared<AresChannel>(executor_, path, ports_, ended_, handle_);
  return channels_.emplace(path, std::move(made)).first->second.get();
}

/// Destroys an idle channel.
bool UpstreamChannels::make_room() noexcept {
  const auto idle = std::ranges::find_if(channels_, [](const auto& each) { return each.second->outstanding() == 0; });
  if (idle == channels_.end()) return false;
  channels_.erase(idle);
  return true;
}

}  // namespace thence::dns
