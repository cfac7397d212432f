#include "protocols/dns/forward/upstream_health.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

constexpr std::uint64_t second = 1'000'000;
constexpr std::uint64_t first_back_off = second;
constexpr std::uint64_t longest_back_off = 60 * second;
/// No query takes longer, so an older trial must have ended, whatever its result.
constexpr std::uint64_t longest_trial = 6 * second;
constexpr std::uint64_t edns_memory = 60 * second;

}  // namespace

UpstreamHealth::Standing UpstreamHealth::standing(std::uint64_t now) const noexcept {
  if (is_up()) return Standing::up;
  return now >= due_at_ ? Standing::due : Standing::down;
}

void UpstreamHealth::begin_trial(std::uint64_t now) noexcept { due_at_ = now + longest_trial; }

void UpstreamHealth::failed(std::uint64_t now, bool trial) noexcept {
  if (!is_up() && !trial) return;
  back_off_ = is_up() ? first_back_off : std::min(2 * back_off_, longest_back_off);
  due_at_ = now + back_off_;
}

void UpstreamHealth::does_not_know_edns(std::uint64_t now) noexcept { without_edns_until_ = now + edns_memory; }

}  // namespace thence::dns
