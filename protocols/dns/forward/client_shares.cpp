#include "protocols/dns/forward/client_shares.hpp"

#include "config/address.hpp"
#include "config/prefix.hpp"

namespace thence::dns {

namespace {

using boost::asio::ip::address;

address network_of(const address& peer) noexcept {
  constexpr unsigned ipv4_bits = 24;
  constexpr unsigned ipv6_bits = 48;
  return config::masked(peer, peer.is_v4() ? ipv4_bits : ipv6_bits);
}

}  // namespace

void ClientShares::add(WaitingQuestion& waiting, const address& peer) {
  const auto [client, is_new_client] = clients_.try_emplace(config::client_of(peer), 0);
  try {
    const auto [line, is_new] = lines_.try_emplace(network_of(peer));
    try {
      if (is_new) lengths_.emplace(0, &line->second);
    } catch (...) {
      lines_.erase(line);
      throw;
    }
    line->second.push_back(waiting);
    set_length(line->second, line->second.size() - 1);
  } catch (...) {
    if (is_new_client) clients_.erase(client);
    throw;
  }
  ++client->second;
  ++total_;
}

void ClientShares::remove(WaitingQuestion& waiting, const address& peer) noexcept {
  const auto client = clients_.find(config::client_of(peer));
  if (--client->second == 0) clients_.erase(client);
  --total_;
  const auto found = lines_.find(network_of(peer));
  auto& line = found->second;
  line.erase(line.iterator_to(waiting));
  if (line.empty()) {
    lengths_.erase({1, &line});
    lines_.erase(found);
  } else {
    set_length(line, line.size() + 1);
  }
}

void ClientShares::set_length(Line& line, std::size_t before) noexcept {
  // The node moves, so that nothing is allocated.
  auto node = lengths_.extract({before, &line});
  node.value().first = line.size();
  lengths_.insert(std::move(node));
}

std::size_t ClientShares::of_client(const address& peer) const noexcept {
  const auto found = clients_.find(config::client_of(peer));
  return found == clients_.end() ? 0 : found->second;
}

WaitingQuestion* ClientShares::giving_way_to(const address& peer) noexcept {
  if (lengths_.empty()) return nullptr;
  const auto [most, longest] = *lengths_.rbegin();
  const auto own = lines_.find(network_of(peer));
  const std::size_t then = (own == lines_.end() ? 0 : own->second.size()) + 1;
  // Twice as many, as a question that gives way has cost something: two networks would take turns.
  return most > unquestioned && most > 2 * then ? &longest->front() : nullptr;
}

}  // namespace thence::dns
