#include "responder/socket/connection_counts.hpp"

#include "config/address.hpp"
#include "config/prefix.hpp"

namespace thence {

namespace {

namespace ip = boost::asio::ip;

constexpr unsigned site_bits = 48;

ip::address site_of(const ip::address& peer) noexcept { return peer.is_v4() ? peer : config::masked(peer, site_bits); }

template <typename Counts>
std::size_t count_of(const Counts& counts, const ip::address& key) noexcept {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

template <typename Counts>
void count_down(Counts& counts, const ip::address& key) noexcept {
  const auto found = counts.find(key);
  if (found != counts.end() && --found->second == 0) counts.erase(found);
}

}  // namespace

void ConnectionCounts::add(const ip::address& peer) {
  auto& site = sites_[site_of(peer)];
  ++clients_[config::client_of(peer)];
  ++site;
}

void ConnectionCounts::remove(const ip::address& peer) noexcept {
  count_down(clients_, config::client_of(peer));
  count_down(sites_, site_of(peer));
}

std::size_t ConnectionCounts::of_client(const ip::address& peer) const noexcept {
  return count_of(clients_, config::client_of(peer));
}

std::size_t ConnectionCounts::of_site(const ip::address& peer) const noexcept {
  return count_of(sites_, site_of(peer));
}

bool same_site(const ip::address& a, const ip::address& b) noexcept { return site_of(a) == site_of(b); }

}  // namespace thence
