#pragma once

#include "config/settings.hpp"

#include <boost/asio/ip/address.hpp>

namespace thence::config {

/// The public address of a local one: the one that `advertise` maps it to, else itself.
/// @return a reference to one of the arguments or into it
inline const boost::asio::ip::address& known_as(const boost::asio::ip::address& local,
                                                const AdvertisedAddresses& advertised) noexcept {
  const auto found = advertised.find(local);
  return found == advertised.end() ? local : found->second;
}

}  // namespace thence::config
