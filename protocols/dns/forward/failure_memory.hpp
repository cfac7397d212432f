#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thence::dns {

/// Remembers questions that failed recently, so that clients' retries do not multiply the queries to upstreams (RFC
/// 9520 §3.2). Of fixed size: a question may evict another, which is then asked again.
class FailureMemory {
 public:
  static constexpr std::size_t places = 4096;

  FailureMemory() : failures_(places) {}

  /// @param question its hash, which nobody can predict
  /// @param now microseconds of a monotonic clock
  void remember(std::uint64_t question, std::uint64_t now) noexcept { failures_[question % places] = {question, now}; }
  void forget(std::uint64_t question) noexcept {
    if (auto& place = failures_[question % places]; place.question == question) place = {};
  }

  /// Whether it failed within the last `within` microseconds.
  bool has_failed(std::uint64_t question, std::uint64_t within, std::uint64_t now) const noexcept {
    const auto& place = failures_[question % places];
    return place.question == question && place.at != 0 && now >= place.at && now - place.at < within;
  }

 private:
  struct Failure {
    std::uint64_t question = 0;
    std::uint64_t at = 0;
  };
  std::vector<Failure> failures_;
};

}  // namespace thence::dns
