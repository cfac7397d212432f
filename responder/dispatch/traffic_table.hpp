#pragma once

#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"
#include "responder/dispatch/status.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// What happened on each local address of one worker. It has a row for each address of the interface table, whatever
/// interface it is asked by, one for whatever else arrives on each interface (AnyIP, TPROXY, 127.0.0.2), and one for
/// what has no interface: so it is bounded, whatever addresses the requests were sent to. Touched by the worker's
/// thread only.
class TrafficTable {
 public:
  /// @param protocols how many there are; they are known by their number here
  explicit TrafficTable(std::size_t protocols);

  /// Makes rows for what is there now. Counts of what has gone are added to the row without an interface.
  void update(const InterfaceTable& interfaces);

  Traffic& traffic(const Route& route, std::size_t protocol) noexcept {
    return traffic_[find(route) * stride_ + protocol * all_transports.size() + number(route.transport)];
  }
  /// Requests that reached no protocol.
  std::uint64_t& dropped(const Route& route) noexcept { return rows_[find(route)].dropped; }
  /// Replies that the system did not take.
  std::uint64_t& unsent(const Route& route) noexcept { return rows_[find(route)].unsent; }

  struct Row {
    std::uint32_t interface = 0;       ///< index; 0: none
    boost::asio::ip::address address;  ///< unspecified: all else
    std::uint64_t dropped = 0;
    std::uint64_t unsent = 0;
  };
  const std::vector<Row>& rows() const noexcept { return rows_; }
  const Traffic& traffic(std::size_t row, std::size_t protocol, Transport transport) const noexcept {
    return traffic_[row * stride_ + protocol * all_transports.size() + number(transport)];
  }

 private:
  std::size_t find(const Route& route) const noexcept;
  /// A place in the hash: the row of an address that is asked by an interface, or with 0, by any other one.
  struct Slot {
    std::uint32_t interface = 0;
    std::uint16_t row = 0;  ///< 0: it is free
  };

  std::size_t look_up(std::uint32_t interface, const boost::asio::ip::address& address) const noexcept;
  std::size_t slot_of(std::uint32_t interface, const boost::asio::ip::address& address) const noexcept;
  void add_row(std::uint32_t interface, const boost::asio::ip::address& address);

  std::size_t stride_;
  std::vector<Row> rows_;         // the first one is without interface and address
  std::vector<Traffic> traffic_;  // stride_ of each row
  std::vector<Slot> hash_;        // open addressing
};

}  // namespace thence
