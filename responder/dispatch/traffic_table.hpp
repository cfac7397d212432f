#pragma once

#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"
#include "responder/dispatch/status.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// Counts for each local address of one worker. There is one row for each address in the interface table, whichever
/// interface requests for it arrive on; one row per interface for everything else that arrives there (AnyIP, TPROXY,
/// 127.0.0.2); and one row for requests without an interface. The table is therefore bounded, whatever addresses
/// requests are sent to. Used by the worker's thread only.
class TrafficTable {
 public:
  /// @param protocols how many there are; each is identified by its index
  explicit TrafficTable(std::size_t protocols);

  /// Creates rows for the current interfaces. Counts of removed rows are added to the row without an interface.
  void update(const InterfaceTable& interfaces);

  Traffic& traffic(const Route& route, std::size_t protocol) noexcept {
    return traffic_[find(route) * stride_ + protocol * all_transports.size() + number(route.transport)];
  }
  /// Requests that reached no protocol.
  std::uint64_t& dropped(const Route& route) noexcept { return rows_[find(route)].dropped; }
  /// Replies that the system did not send.
  std::uint64_t& unsent(const Route& route) noexcept { return rows_[find(route)].unsent; }

  struct Row {
    std::uint32_t interface = 0;       ///< index; 0: none
    boost::asio::ip::address address;  ///< unspecified: all others
    std::uint64_t dropped = 0;
    std::uint64_t unsent = 0;
  };
  const std::vector<Row>& rows() const noexcept { return rows_; }
  const Traffic& traffic(std::size_t row, std::size_t protocol, Transport transport) const noexcept {
    return traffic_[row * stride_ + protocol * all_transports.size() + number(transport)];
  }

 private:
  std::size_t find(const Route& route) const noexcept;
  /// A hash slot: the row for an address and arrival interface; interface 0 stands for any other one.
  struct Slot {
    std::uint32_t interface = 0;
    std::uint16_t row = 0;  ///< 0: free
  };

  std::size_t look_up(std::uint32_t interface, const boost::asio::ip::address& address) const noexcept;
  std::size_t slot_of(std::uint32_t interface, const boost::asio::ip::address& address) const noexcept;
  void add_row(std::uint32_t interface, const boost::asio::ip::address& address);

  std::size_t stride_;
  std::vector<Row> rows_;         // the first one has neither interface nor address
  std::vector<Traffic> traffic_;  // stride_ entries per row
  std::vector<Slot> hash_;        // open addressing
};

}  // namespace thence
