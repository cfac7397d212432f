#pragma once

#include "protocols/dns/settings/settings.hpp"
#include "protocols/protocol.hpp"

#include <memory>
#include <string>

namespace thence::dns {

/// Explains in words which view serves a query, why, and what the answer is or which upstream would be asked; see
/// Service::explain. The details of the query are `name`, and optionally `type` and `subnet` (EDNS Client Subnet, RFC
/// 7871).
/// @throws std::invalid_argument with `what is wrong; what is allowed`
std::string explain(const std::shared_ptr<const Settings>& settings, const Supposition& supposed,
                    const InterfaceTable& interfaces, const config::AdvertisedAddresses& advertised);

}  // namespace thence::dns
