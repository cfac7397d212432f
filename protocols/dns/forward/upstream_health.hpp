#pragma once

#include <cstdint>

namespace thence::dns {

/// What is known of an upstream. Times are microseconds of a monotonic clock.
class UpstreamHealth {
 public:
  enum class Standing : std::uint8_t {
    up,    ///< asked in its turn
    due,   ///< it was down, and one query should find out whether it still is
    down,  ///< asked after the others
  };

  Standing standing(std::uint64_t now) const noexcept;
  bool is_up() const noexcept { return back_off_ == 0; }

  /// A query is about to find out: others take it for down until that has ended.
  void begin_trial(std::uint64_t now) noexcept;
  /// It answered, whatever it said.
  void answered() noexcept { back_off_ = 0; }
  /// It did not answer or could not be reached. Of several queries that waited for it at once, only the first one
  /// counts.
  /// @param trial whether the query was the one to find out
  void failed(std::uint64_t now, bool trial) noexcept;

  /// Whether it takes a query with an OPT, as far as is known.
  bool knows_edns(std::uint64_t now) const noexcept { return now >= without_edns_until_; }
  /// It answered FORMERR without an OPT: as does who does not know EDNS (RFC 6891 §7).
  void does_not_know_edns(std::uint64_t now) noexcept;

 private:
  std::uint64_t back_off_ = 0;  ///< 0: it is up
  std::uint64_t due_at_ = 0;
  std::uint64_t without_edns_until_ = 0;
};

}  // namespace thence::dns
