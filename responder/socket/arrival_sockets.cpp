#include "responder/socket/arrival_sockets.hpp"

#include "responder/socket/tcp_server.hpp"

#include <algorithm>
#include <numeric>

namespace thence {

namespace {

Binding of_interface(Binding binding, std::uint32_t interface) {
  binding.arrival = interface;
  return binding;
}

}  // namespace

std::vector<ArrivalSockets::Opened> ArrivalSockets::update(const Wanted& wanted, std::uint32_t others) {
  others_ = others;
  std::erase_if(members_, [&](const auto& each) { return !wanted.contains(each.first); });
  std::vector<Opened> opened;
  for (const auto& [binding, interfaces] : wanted) {
    if (!interfaces || (interfaces->empty() && !members_.contains(binding))) continue;
    auto& members = members_[binding];
    end_left(members);
    const auto now = Clock::now();
    for (auto& each : members) {
      if (!each.left && std::ranges::count(*interfaces, each.interface) == 0) each.left = now;
    }
    if (!members.empty()) steer(members);
    members.reserve(members.size() + interfaces->size());  // pointers to them are given out
    for (const auto interface : *interfaces) {
      const bool is_there =
          std::ranges::any_of(members, [&](const Member& each) { return !each.left && each.interface == interface; });
      if (is_there || size() >= most || !add(binding, members, interface)) continue;
      opened.push_back({of_interface(binding, interface), members.back().acceptor.native_handle()});
    }
  }
  return opened;
}

/// Lets the system choose among those in use; the two that are about to change places are not.
std::error_code ArrivalSockets::steer(Members& members, std::size_t not_this, std::size_t nor_this) const {
  std::vector<socket_options::Steered> steered;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (members[i].left || i == not_this || i == nor_this) continue;
    steered.push_back({members[i].interface, others_ + static_cast<std::uint32_t>(i)});
  }
  return socket_options::steer(members.front().acceptor.native_handle(), others_, steered);
}

bool ArrivalSockets::add(const Binding& binding, Members& members, std::uint32_t interface) try {
  members.push_back({interface, open_tcp(never_run_.get_executor(), binding, Share::sibling), std::nullopt});
  // In this order: were it bound first, it might be chosen for connections of other interfaces.
  if (!steer(members) && !socket_options::bind_to_device(members.back().acceptor.native_handle(), interface)) {
    return true;
  }
  steer(members, members.size() - 1);
  members.pop_back();
  return false;
} catch (const boost::system::system_error&) {
  return false;
}

void ArrivalSockets::end_left(Members& members) const {
  const auto before = Clock::now() - after_the_workers;
  for (auto i = members.size(); i-- > 0;) {
    if (!members[i].left || *members[i].left > before) continue;
    const auto last = members.size() - 1;
    if (steer(members, i, last)) return;
    socket_options::stop_listening(members[i].acceptor.native_handle());
    if (i != last) members[i] = std::move(members[last]);
    members.pop_back();
    if (!members.empty()) steer(members);
  }
}

void ArrivalSockets::leave(const Binding& binding) {
  for (auto& [beside, members] : members_) {
    for (auto& each : members) {
      if (each.left || of_interface(beside, each.interface) != binding) continue;
      each.left = Clock::now();
      steer(members);
    }
  }
}

std::vector<Binding> ArrivalSockets::bindings() const {
  std::vector<Binding> all;
  for (const auto& [binding, members] : members_) {
    for (const auto& each : members) {
      if (!each.left) all.push_back(of_interface(binding, each.interface));
    }
  }
  return all;
}

std::size_t ArrivalSockets::size() const noexcept {
  return std::accumulate(members_.begin(), members_.end(), std::size_t{0},
                         [](std::size_t sum, const auto& each) { return sum + each.second.size(); });
}

}  // namespace thence
