#pragma once

#include "protocols/dns/forward/forwarder.hpp"
#include "protocols/dns/settings/settings.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/measure.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence::dns {

/// The number of zones, and the serials (RFC 1035 §3.3.13) of the first thousand.
std::vector<Measure> zone_measures(const Settings& settings);

/// The health of the upstreams that one worker has asked, its outstanding questions and its cache.
void measure_forwarding(const Forwarder& forwarder, std::vector<Measure>& into);

/// How many times as large as its query a reply over UDP may be: the largest one to the shortest query for a name that
/// is served. 0 with a limit of replies, or if nothing is served.
double amplification(const Settings& settings) noexcept;

/// The views, in order, that may serve a request arriving there from any client.
/// @param local unspecified: any address
/// @param interface index
std::vector<std::string> views_at(const Settings& settings, const boost::asio::ip::address& local,
                                  std::uint32_t interface, const InterfaceTable& interfaces);

}  // namespace thence::dns
