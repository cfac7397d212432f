#pragma once

#include <cstdint>

namespace thence::dns {

/// The health of an upstream. Times are microseconds of a monotonic clock.
class UpstreamHealth {
 public:
  enum class Standing : std::uint8_t {
    up,    ///< asked in order of preference
    due,   ///< was down; one trial query should find out whether it still is
    down,  ///< asked after the others
  };

  Standing standing(std::uint64_t now) const noexcept;
  bool is_up() const noexcept { return back_off_ == 0; }

  /// A trial query starts: until it ends, others treat the upstream as down.
  void begin_trial(std::uint64_t now) noexcept;
  /// It answered, with whatever content.
  void answered() noexcept { back_off_ = 0; }
  /// It did not answer or could not be reached. Of several queries waiting at the same time, only the first to fail
  /// counts.
  /// @param trial whether it was the trial query
  void failed(std::uint64_t now, bool trial) noexcept;

  /// Whether it accepts queries with OPT, as far as is known.
  bool knows_edns(std::uint64_t now) const noexcept { return now >= without_edns_until_; }
  /// It answered FORMERR without OPT, which means no EDNS support (RFC 6891 §7).
  void does_not_know_edns(std::uint64_t now) noexcept;

 private:
  std::uint64_t back_off_ = 0;  ///< 0: it is up
  std::uint64_t due_at_ = 0;
  std::uint64_t without_edns_until_ = 0;
};

}  // namespace thence::dns
