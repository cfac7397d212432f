#pragma once

#include "protocols/protocol.hpp"

namespace thence::toy {

std::shared_ptr<const Service> load(const config::Cursor& section, const Service* before);
std::vector<std::byte> probe(std::uint64_t nonce);
bool answers(std::span<const std::byte> probe, std::span<const std::byte> message);

extern const Plugin plugin;

}  // namespace thence::toy
