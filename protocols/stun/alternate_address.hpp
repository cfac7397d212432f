#pragma once

#include "config/settings.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/route.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::stun {

/// Two addresses each of which is the other's alternate.
using AddressPair = std::pair<boost::asio::ip::address, boost::asio::ip::address>;

/// For each local address another one of the host from which its clients can be answered too (RFC 5780 §6): of the same
/// family and scope, on another interface where there is one. 127.0.0.1 and 127.0.0.2 are each other's, and 127.0.0.1
/// is that of the rest of 127.0.0.0/8.
class AlternateAddresses {
 public:
  /// @param pairs the only ones, where there are any; else the host's addresses are paired
  /// @param advertised 1:1 NAT: an address has the scope of the one that the world knows it by
  AlternateAddresses(std::vector<AddressPair> pairs, config::AdvertisedAddresses advertised);

  /// Pairs the addresses that there are now. Where both addresses of a pair still are there, it stays.
  void update(const InterfaceTable& interfaces);

  /// Takes over the pairs of another one as if it had been this one, for the next update().
  void follow(const AlternateAddresses& before) { found_ = before.found_; }

  /// The alternate of an address that was asked.
  /// @param interface where it was asked, which tells link-local addresses apart
  /// @return nullptr when there is none
  const boost::asio::ip::address* find(const boost::asio::ip::address& asked, std::uint32_t interface) const noexcept;

  /// Whether any address has an alternate but those of 127.0.0.0/8, which have one by themselves.
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
  std::vector<Found> found_;  // in the order of what is asked
  bool loopback_ = false;     // whether 127.0.0.0/8 is there
};

}  // namespace thence::stun
