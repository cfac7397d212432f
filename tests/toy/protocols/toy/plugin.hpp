#pragma once

#include "protocols/protocol.hpp"

namespace thence::toy {

Service load(const config::Cursor& section);
std::vector<std::byte> probe(std::uint64_t nonce);
bool answers(std::span<const std::byte> probe, std::span<const std::byte> message);

inline constexpr Plugin plugin{"toy", "Toy", load, probe, answers};

}  // namespace thence::toy
