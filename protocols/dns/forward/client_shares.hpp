#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include <boost/asio/ip/address.hpp>
#include <boost/intrusive/list.hpp>

namespace thence::dns {

/// A client's question that waits for an upstream; its place in the line of the client's network.
struct WaitingQuestion : boost::intrusive::list_base_hook<> {};

/// How many questions wait, by client and by network, so that the clients of one network cannot take what there is room
/// for from all others. A client is an IPv4 address or an IPv6 /64; a network is an IPv4 /24 or an IPv6 /48, which is
/// what a site has (RFC 6177).
class ClientShares {
 public:
  /// A network with no more questions than these takes nothing from others.
  static constexpr std::size_t unquestioned = 8;

  /// @param waiting must stay where it is until it is removed or this object is gone
  /// @throws std::bad_alloc; nothing is added then
  void add(WaitingQuestion& waiting, const boost::asio::ip::address& peer);
  void remove(WaitingQuestion& waiting, const boost::asio::ip::address& peer) noexcept;

  std::size_t total() const noexcept { return total_; }
  /// Those of the peer's client.
  std::size_t of_client(const boost::asio::ip::address& peer) const noexcept;

  /// Which question gives way to one more of that peer, where there is room for no more: the oldest of the network that
  /// has most, if it would still have more than the peer's.
  /// @return nullptr if none does
  WaitingQuestion* giving_way_to(const boost::asio::ip::address& peer) noexcept;

 private:
  using Line = boost::intrusive::list<WaitingQuestion>;
  using Lines = std::map<boost::asio::ip::address, Line>;
  /// The line of a network and how long it is.
  using Length = std::pair<std::size_t, Line*>;

  void set_length(Line& line, std::size_t before) noexcept;

  std::map<boost::asio::ip::address, std::size_t> clients_;
  Lines lines_;               ///< by network, none of them empty
  std::set<Length> lengths_;  ///< of all lines
  std::size_t total_ = 0;
};

}  // namespace thence::dns
