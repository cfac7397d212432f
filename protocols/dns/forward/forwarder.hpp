#pragma once

#include "protocols/coarse_clock.hpp"
#include "protocols/counters.hpp"
#include "protocols/dns/forward/answer_cache.hpp"
#include "protocols/dns/forward/client_shares.hpp"
#include "protocols/dns/forward/failure_memory.hpp"
#include "protocols/dns/forward/forward_settings.hpp"
#include "protocols/dns/forward/question_key.hpp"
#include "protocols/dns/forward/random_ids.hpp"
#include "protocols/dns/forward/upstream_channels.hpp"
#include "protocols/dns/forward/upstream_health.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/message_writer.hpp"
#include "protocols/protocol.hpp"
#include "protocols/route.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence::dns {

/// The counters of forwarding.
struct ForwardCounters {
  explicit ForwardCounters(Counters& counters);

  // One of these is the outcome of a request.
  Counter* forwarded;  ///< an upstream is asked
  Counter* cached;     ///< answered from the cache
  Counter* over;       ///< too many are already outstanding
  Counter* failed;     ///< the same question failed recently, or nothing could be sent
  Counter* formerr;    ///< more options than can be passed on
  // Besides the outcome.
  Counter* coalesced;          ///< the same question was already outstanding
  Counter* displaced;          ///< gave way to a question of a network that has fewer
  Counter* stale;              ///< all upstreams failed; answered from an expired cache entry
  Counter* unanswered;         ///< all upstreams failed, and the cache had nothing
  Counter* upstream_timeouts;  ///< attempts without an answer
  Counter* upstream_failures;  ///< attempts that could not be sent, or whose answer was a refusal or malformed
};

/// Queries upstreams on behalf of clients, on one worker.
///
/// It lives as long as questions are outstanding, so that these are answered even after a reload. If a reload leaves
/// the forwarding settings unchanged, keep the same forwarder, with its cache.
class Forwarder : public std::enable_shared_from_this<Forwarder> {
 public:
  /// Create it with std::make_shared.
  /// @param clock one that is never set
  Forwarder(Host& host, const ForwardingLimits& limits, Clock clock = coarse_monotonic_clock);
  ~Forwarder();
  Forwarder(const Forwarder&) = delete;
  Forwarder& operator=(const Forwarder&) = delete;

  /// How a question was handled.
  struct Outcome {
    bool deferred;     ///< the reply is sent later; discard what was written so far
    Rcode rcode;       ///< otherwise, the RCODE to finish the reply with
    Counter* counter;  ///< the outcome
  };

  /// Answers from the cache, or asks the upstreams.
  /// @param view a number, different for views whose answers may differ
  /// @param query a question of any class, with well-formed options
  /// @param to deferred if upstreams are asked; its route is the query's
  /// @param reply has our own options (cookie, NSID), but not the client subnet, which is for the upstream to answer
  Outcome ask(std::uint16_t view, const std::shared_ptr<const Forward>& forward, const Query& query, const Reply& to,
              MessageWriter& reply) noexcept;

  const ForwardingLimits& limits() const noexcept { return limits_; }

  /// The health of the upstreams that have been asked.
  const std::map<Endpoint, UpstreamHealth>& upstreams() const noexcept { return upstreams_; }
  /// Questions of clients that wait.
  std::size_t outstanding() const noexcept { return shares_.total(); }
  std::size_t channels() const noexcept { return channels_.size(); }
  const AnswerCache& cache() const noexcept { return cache_; }

 private:
  /// A waiting client, with all that its reply needs.
  struct Waiter;
  /// An outstanding question, shared by all clients that ask it.
  struct Fetch;
  struct HashOfKey {
    std::size_t operator()(const HashedKey& key) const noexcept { return key.hash; }
  };
  /// The keys refer into the fetches.
  using Fetches = std::unordered_map<HashedKey, std::unique_ptr<Fetch>, HashOfKey>;

  Outcome begin(const HashedKey& key, const std::shared_ptr<const Forward>& forward,
                const boost::asio::ip::address& source, const Query& query, const Reply& to, const MessageWriter& reply,
                std::uint64_t now);
  void add_waiter(Fetch& fetch, const Query& query, const Reply& to, const MessageWriter& reply);
  bool has_room_for(const Route& route) noexcept;
  void displace(Waiter& waiter) noexcept;

  void try_next(Fetch& fetch, std::uint64_t now) noexcept;
  bool choose_upstream(Fetch& fetch, std::uint64_t now) noexcept;
  void send(Fetch& fetch, std::uint64_t now) noexcept;
  void judge(Fetch& fetch, std::uint64_t now) noexcept;
  void judge_answer(Fetch& fetch, UpstreamHealth& health, std::uint64_t now) noexcept;
  void succeed(Fetch& fetch, const UpstreamAnswer& answer, std::uint64_t now) noexcept;
  void fail(Fetch& fetch, std::uint64_t now) noexcept;
  template <typename Write>
  void reply(Waiter& waiter, const Write& write) noexcept;
  template <typename Write>
  void finish(Fetch& fetch, const Write& write) noexcept;

  void handle_ended() noexcept;
  void tick();

  boost::asio::any_io_executor executor_;
  ForwardingLimits limits_;
  Clock clock_;
  ForwardCounters counters_;
  HashSecret secret_;
  RandomIds ids_;
  AnswerCache cache_;
  FailureMemory failures_;
  std::map<Endpoint, UpstreamHealth> upstreams_;
  std::vector<std::uint8_t> buffer_;  ///< for deferred replies
  boost::asio::steady_timer timer_;   ///< runs while questions are outstanding
  bool is_ticking_ = false;
  EndedTries ended_;
  Fetches fetches_;
  ClientShares shares_;        ///< of the clients that wait for a fetch
  UpstreamChannels channels_;  ///< destroyed first: ends all attempts
};

}  // namespace thence::dns
