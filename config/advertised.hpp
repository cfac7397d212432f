#pragma once

#include "config/settings.hpp"

#include <boost/asio/ip/address.hpp>

namespace thence::config {

/// What the world calls a local address: another one where `advertise` says so.
/// @return a reference to one of the arguments or into it
inline const boost::asio::ip::address& known_as(const boost::asio::ip::address& local,
                                                const AdvertisedAddresses& advertised) noexcept {
  const auto found = advertised.find(local);
  return found == advertised.end() ? local : found->second;
}

}  // namespace thence::config
