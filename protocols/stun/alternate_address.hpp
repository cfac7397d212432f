#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::stun {

/// Two addresses that are each other's alternate.
using AddressPair = std::pair<boost::asio::ip::address, boost::asio::ip::address>;

/// Gives each local address an alternate: another address of the host from which its clients can also be answered (RFC
/// 5780 §6), of the same family and scope, on another interface if possible. 127.0.0.1 and 127.0.0.2 are each other's
/// alternate; the rest of 127.0.0.0/8 has 127.0.0.1.
class AlternateAddresses {
 public:
  /// @param pairs if any are given, no others are made; else the host's addresses are paired
  /// @param advertised 1:1 NAT: an address counts with the scope of its public address
  AlternateAddresses(std::vector<AddressPair> pairs, config::AdvertisedAddresses advertised);

  /// Pairs the current addresses. A pair whose addresses both still exist is kept.
  void update(const InterfaceTable& interfaces);

  /// Takes over the pairs of a predecessor for the next update() to keep.
  void follow(const AlternateAddresses& before) { found_ = before.found_; }

  /// The alternate of an address that a request was sent to.
  /// @param interface the arrival interface, which distinguishes link-local addresses
  /// @return nullptr if there is none
  const boost::asio::ip::address* find(const boost::asio::ip::address& asked, std::uint32_t interface) const noexcept;

  /// Whether any address outside 127.0.0.0/8, which always has alternates, has one.
  bool any() const noexcept;

 private:
  struct Key {
    boost::asio::ip::address address;
    std::uint32_t link = 0;  ///< the interface of a link-local address, else 0
    friend bool operator==(const Key&, const Key&) = default;
    friend bool operator<(const Key& a, const Key& b) noexcept {
      return a.address == b.address ? a.link < b.link : a.address < b.address;
    }
  };
  struct Found {
    Key asked;
    boost::asio::ip::address alternate;
  };

  void add_given(const InterfaceTable& interfaces);
  void add_chosen(const InterfaceTable& interfaces);
  const Found* found(const Key& asked) const noexcept;

  std::vector<AddressPair> pairs_;
  config::AdvertisedAddresses advertised_;
  std::vector<Found> found_;  // sorted by `asked`
  bool loopback_ = false;     // whether the host has 127.0.0.0/8
};

}  // namespace thence::stun
