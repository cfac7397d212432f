#include "protocols/dns/forward/forwarder.hpp"

#include "config/address.hpp"
#include "protocols/message_size.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <iterator>
#include <list>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <boost/asio/post.hpp>
#include <openssl/rand.h>

namespace thence::dns {

namespace {

namespace ip = boost::asio::ip;

constexpr std::uint64_t millisecond = 1000;
constexpr std::uint64_t one_second = 1000 * millisecond;
/// By then a client has given up or asked again.
constexpr std::uint64_t longest_fetch = 5 * one_second;
constexpr std::uint64_t failure_memory = 5 * one_second;
/// How long after upstreams have failed stale answers are given at once, and their TTL (RFC 8767 §5, §4).
constexpr std::uint64_t stale_memory = 30 * one_second;
constexpr std::uint32_t stale_ttl = 30;
/// The precision of timeouts.
constexpr std::chrono::milliseconds tick_interval(50);
/// A first attempt at each upstream, and a second one at those whose answer was lost.
constexpr unsigned most_rounds = 2;
/// Most octets of options that are passed on from an upstream's answer.
constexpr std::size_t most_reply_options = 512;

/// The source of a question's attempts if it depends on the request; else unspecified.
ip::address source_of(const Forward& forward, const Route& route) noexcept {
  const auto& local = route.local.address();
  return forward.from.kind == ForwardSource::Kind::asked && !config::is_link_local(local) ? local : ip::address();
}

/// The source for one of the upstreams; unspecified: the system chooses.
/// @param asked from source_of()
ip::address source_for(const Endpoint& upstream, const ForwardSource& from, const ip::address& asked) noexcept {
  const bool is_fixed = from.kind == ForwardSource::Kind::address;
  const auto& source = is_fixed ? from.address : asked;
  if (source.is_v4() != upstream.address().is_v4()) return {};
  // A loopback address cannot reach other hosts.
  return !is_fixed && source.is_loopback() && !upstream.address().is_loopback() ? ip::address() : source;
}

void explain(MessageWriter& reply, ExtendedError error, std::string_view text = "") noexcept {
  std::array<std::uint8_t, 64> data;
  store16(data.data(), static_cast<std::uint16_t>(error));
  const std::size_t size = std::min(text.size(), data.size() - 2);
  std::copy_n(text.begin(), size, data.begin() + 2);
  reply.add_option(option::extended_error, Octets(data).first(2 + size));
}

/// Whether another upstream may give a better answer.
bool is_refusal(std::uint16_t rcode) noexcept {
  switch (static_cast<Rcode>(rcode)) {
    case Rcode::formerr:
    case Rcode::servfail:
    case Rcode::notimp:
    case Rcode::refused:
      return true;
    default:
      return false;
  }
}

bool has_option(Octets options, std::uint16_t wanted) noexcept {
  bool has = false;
  for_each_option(options, [&](std::uint16_t code, Octets) { has = has || code == wanted; });
  return has;
}

/// Writes an answer, except for finishing it.
/// @param age is called with the records, to set their TTLs
/// @return the RCODE to finish with
template <typename Age>
Rcode relay(const UpstreamAnswer& answer, const Query& query, MessageWriter& reply, const Age& age) noexcept {
  std::uint16_t flags = flag::recursion_available | (query.flags & flag::checking_disabled);
  const bool wants_ad = (query.flags & flag::authentic_data) != 0 || (query.edns && query.edns->dnssec_ok);
  if (wants_ad) flags = static_cast<std::uint16_t>(flags | (answer.flags & flag::authentic_data));
  reply.set_flags(flags);
  std::array<std::uint8_t, most_reply_options> options;
  const Octets passed_on = Octets(options).first(copy_forwarded_options(answer.options, options));
  // Only for those who sent one (RFC 7871 §7.2.2). Our own takes precedence: the view was chosen by it, so the answer
  // holds for no larger network.
  const bool wants_subnet =
      query.edns && query.edns->client_subnet && !has_option(reply.options(), option::client_subnet);
  for_each_option(passed_on, [&](std::uint16_t code, Octets whole) {
    if (code != option::client_subnet || wants_subnet) reply.add_options(whole);
  });
  const bool is_truncated = (answer.flags & flag::truncated) != 0;
  const auto records = is_truncated ? std::nullopt : reply.add_records(answer.records, answer.counts);
  if (records) {
    age(*records);
  } else {
    reply.set_truncated();
  }
  // Extended RCODEs cannot be expressed without EDNS.
  return answer.rcode > 0x0F && !query.edns ? Rcode::servfail : static_cast<Rcode>(answer.rcode);
}

Rcode relay_stale(const CachedAnswer& known, const Query& query, MessageWriter& reply) noexcept {
  const auto answer = known.answer();
  const bool is_nxdomain = static_cast<Rcode>(answer.rcode) == Rcode::nxdomain;
  explain(reply, is_nxdomain ? ExtendedError::stale_nxdomain : ExtendedError::stale_answer);
  return relay(answer, query, reply, [](std::span<std::uint8_t> records) { set_ttls(records, stale_ttl); });
}

constexpr std::string_view too_many = "too many questions wait for upstreams";

Rcode write_failure(MessageWriter& reply, const Query& query, ExtendedError error,
                    std::string_view text = "") noexcept {
  explain(reply, error, text);
  reply.set_flags(flag::recursion_available | (query.flags & flag::checking_disabled));
  return Rcode::servfail;
}

}  // namespace

ForwardCounters::ForwardCounters(Counters& counters)
    : forwarded(&counters["forwarded"]),
      cached(&counters["forward-cached"]),
      over(&counters["forward-limited"]),
      failed(&counters["servfail"]),
      formerr(&counters["formerr"]),
      coalesced(&counters["forward-coalesced"]),
      displaced(&counters["forward-displaced"]),
      stale(&counters["forward-stale"]),
      unanswered(&counters["forward-unanswered"]),
      upstream_timeouts(&counters["upstream-timeout"]),
      upstream_failures(&counters["upstream-failure"]) {}

struct Forwarder::Waiter : WaitingQuestion {
  Waiter(Fetch& of, const Query& query, const Reply& to, const MessageWriter& reply)
      : fetch(of),
        deferral(to.defer()),
        id(query.id),
        flags(query.flags),
        room(static_cast<std::uint16_t>(std::min(reply.room(), largest_message))),
        question_size(static_cast<std::uint16_t>(query.question.size())),
        has_edns(query.edns.has_value()),
        dnssec_ok(query.edns && query.edns->dnssec_ok),
        subnet(query.edns ? query.edns->client_subnet : std::nullopt) {
    const Octets options = reply.options();
    octets.reserve(query.question.size() + options.size());
    octets.assign(query.question.begin(), query.question.end());
    octets.insert(octets.end(), options.begin(), options.end());
  }

  /// The parts that a reply depends on.
  Query query() const noexcept {
    Query query;
    query.id = id;
    query.flags = flags;
    query.question = Octets(octets).first(question_size);
    if (!has_edns) return query;
    query.edns.emplace().dnssec_ok = dnssec_ok;
    query.edns->client_subnet = subnet;
    return query;
  }
  /// Our own options in its reply.
  Octets options() const noexcept { return Octets(octets).subspan(question_size); }

  Fetch& fetch;                         ///< while it waits
  std::list<Waiter>::iterator place{};  ///< of itself, in the fetch
  Deferral deferral;
  std::vector<std::uint8_t> octets;  ///< question and options
  std::uint16_t id;
  std::uint16_t flags;
  std::uint16_t room;
  std::uint16_t question_size;
  bool has_edns;
  bool dnssec_ok;
  std::optional<ClientSubnet> subnet;
};

struct Forwarder::Fetch {
  Fetch(const HashedKey& about, std::shared_ptr<const Forward> to, const ip::address& from, const Query& asked,
        std::uint64_t now)
      : key_octets(about.octets.begin(), about.octets.end()),
        key{key_octets, about.hash},
        forward(std::move(to)),
        source(from),
        query(write_upstream_query(asked)),
        question_size(asked.question.size()),
        type(asked.type),
        subnet(asked.edns ? asked.edns->client_subnet : std::nullopt),
        began(now),
        untried((1U << forward->upstreams.size()) - 1U) {
    attempt.asker = this;
  }

  const Endpoint& endpoint() const noexcept { return forward->upstreams[upstream]; }
  bool has_opt() const noexcept { return query.size() > header_size + question_size; }
  bool has_bare_opt() const noexcept { return query.size() == header_size + question_size + opt_size; }

  std::vector<std::uint8_t> key_octets;
  HashedKey key;
  std::shared_ptr<const Forward> forward;
  ip::address source;
  std::vector<std::uint8_t> query;
  std::size_t question_size;
  std::uint16_t type;
  std::optional<ClientSubnet> subnet;
  std::uint64_t began;
  std::list<Waiter> waiters;  ///< none: they have all given way

  // Bit sets, indexed by upstream number.
  unsigned untried;   ///< in this round
  unsigned lost = 0;  ///< to try in the next round
  unsigned round = 1;

  // The current attempt.
  std::size_t upstream = 0;
  bool is_trial = false;
  bool over_tcp = false;
  bool with_opt = false;
  bool without_opt = false;  ///< it has refused the query with OPT
  UpstreamTry attempt;

  std::vector<std::uint8_t> refusal;  ///< the last refusal, in case there is nothing better
  ExtendedError why = ExtendedError::no_reachable;
};

Forwarder::Forwarder(Host& host, const ForwardingLimits& limits, Clock clock)
    : executor_(host.executor()),
      limits_(limits),
      clock_(clock),
      counters_(host.counters()),
      secret_(),
      cache_(limits.cache, limits.stale),
      buffer_(largest_message),
      timer_(executor_),
      channels_(executor_, ended_, [this] { handle_ended(); }) {
  if (RAND_bytes(secret_.data(), static_cast<int>(secret_.size())) != 1) throw std::runtime_error("no random numbers");
}

Forwarder::~Forwarder() = default;

Forwarder::Outcome Forwarder::ask(std::uint16_t view, const std::shared_ptr<const Forward>& forward, const Query& query,
                                  const Reply& to, MessageWriter& reply) noexcept {
  const Route& route = to.route;
  if (query.edns && forwarded_options_size(query.edns->options) > most_options) {
    return {false, Rcode::formerr, counters_.formerr};
  }
  const auto now = clock_();
  const auto source = source_of(*forward, route);
  const QuestionKey question(secret_, view, source, query);
  const auto key = question.hashed();
  const CachedAnswer* const known = cache_.find(key, now);
  if (known != nullptr && known->is_fresh(now)) {
    const auto age = known->age(now);
    const auto rcode = relay(known->answer(), query, reply, [&](auto records) { count_down(records, age); });
    return {false, rcode, counters_.cached};
  }
  if (known != nullptr && failures_.has_failed(key.hash, stale_memory, now)) {
    ++counters_.stale->value;
    return {false, relay_stale(*known, query, reply), counters_.cached};
  }
  if (failures_.has_failed(key.hash, failure_memory, now)) {
    return {false, write_failure(reply, query, ExtendedError::cached_error), counters_.failed};
  }
  if (!has_room_for(route)) {
    return {false, write_failure(reply, query, ExtendedError::other, too_many), counters_.over};
  }
  try {
    return begin(key, forward, source, query, to, reply, now);
  } catch (const std::exception&) {
    return {false, write_failure(reply, query, ExtendedError::other, "out of memory"), counters_.failed};
  }
}

/// Whether one more question of a client may wait, for which that of another network may have to give way.
bool Forwarder::has_room_for(const Route& route) noexcept {
  const auto& peer = route.peer.address();
  if (shares_.of_client(peer) >= limits_.outstanding_per_client) return false;
  if (shares_.total() < limits_.outstanding) return true;
  // What nobody waits for any more is still asked of its upstream, and bounded as well.
  if (fetches_.size() >= 2 * limits_.outstanding) return false;
  auto* const giving_way = shares_.giving_way_to(peer);
  if (giving_way == nullptr) return false;
  displace(static_cast<Waiter&>(*giving_way));
  return true;
}

/// Replies to a client.
template <typename Write>
void Forwarder::reply(Waiter& waiter, const Write& write) noexcept {
  const Query query = waiter.query();
  MessageWriter reply({buffer_.data(), waiter.room}, query);
  reply.add_options(waiter.options());
  const auto rcode = write(query, reply);
  try {
    waiter.deferral.send(std::as_bytes(Octets(buffer_).first(reply.finish(rcode))));
  } catch (const std::exception&) {
    // As if lost in transit.
  }
}

/// Replies to a client whose question gives way.
void Forwarder::displace(Waiter& waiter) noexcept {
  ++counters_.displaced->value;
  shares_.remove(waiter, waiter.deferral.route().peer.address());
  reply(waiter, [](const Query& query, MessageWriter& reply) {
    return write_failure(reply, query, ExtendedError::other, too_many);
  });
  waiter.fetch.waiters.erase(waiter.place);
}

Forwarder::Outcome Forwarder::begin(const HashedKey& key, const std::shared_ptr<const Forward>& forward,
                                    const ip::address& source, const Query& query, const Reply& to,
                                    const MessageWriter& reply, std::uint64_t now) {
  const Outcome deferred{true, Rcode::noerror, counters_.forwarded};
  if (const auto same = fetches_.find(key); same != fetches_.end()) {
    add_waiter(*same->second, query, to, reply);
    ++counters_.coalesced->value;
    return deferred;
  }
  // Everything that could throw comes before the first attempt, after which the fetch must exist.
  auto begun = std::make_unique<Fetch>(key, forward, source, query, now);
  Fetch& fetch = *begun;
  for (const auto& upstream : forward->upstreams) upstreams_.try_emplace(upstream);
  ended_.reserve(fetches_.size() + 1);
  if (!is_ticking_) tick();
  const auto place = fetches_.emplace(fetch.key, std::move(begun)).first;
  try {
    add_waiter(fetch, query, to, reply);
  } catch (const std::exception&) {
    fetches_.erase(place);
    throw;
  }
  try_next(fetch, now);
  if (ended_.empty()) return deferred;
  try {
    boost::asio::post(executor_, [self = shared_from_this()] { self->handle_ended(); });
  } catch (const std::exception&) {
    // The next tick takes care of it.
  }
  return deferred;
}

void Forwarder::add_waiter(Fetch& fetch, const Query& query, const Reply& to, const MessageWriter& reply) {
  auto& waiter = fetch.waiters.emplace_back(fetch, query, to, reply);
  waiter.place = std::prev(fetch.waiters.end());
  try {
    shares_.add(waiter, to.route.peer.address());
  } catch (const std::exception&) {
    fetch.waiters.pop_back();
    throw;
  }
}

/// Asks the next upstream, or gives up.
void Forwarder::try_next(Fetch& fetch, std::uint64_t now) noexcept {
  if (fetch.waiters.empty()) {
    fetches_.extract(fetch.key);
  } else if (choose_upstream(fetch, now)) {
    send(fetch, now);
  } else {
    fail(fetch, now);
  }
}

/// Those that are up come first; one that is due for a trial is tried in its order of preference.
/// @return whether one is left
bool Forwarder::choose_upstream(Fetch& fetch, std::uint64_t now) noexcept {
  if (fetch.untried == 0 && fetch.round < most_rounds) {
    fetch.untried = std::exchange(fetch.lost, 0U);
    ++fetch.round;
  }
  if (fetch.untried == 0) return false;
  const auto& upstreams = fetch.forward->upstreams;
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < upstreams.size(); ++i) {
    if ((fetch.untried >> i & 1U) == 0) continue;
    if (!chosen) chosen = i;
    if (upstreams_[upstreams[i]].standing(now) != UpstreamHealth::Standing::down) {
      chosen = i;
      break;
    }
  }
  fetch.upstream = *chosen;
  fetch.untried &= ~(1U << *chosen);
  auto& health = upstreams_[fetch.endpoint()];
  fetch.is_trial = health.standing(now) == UpstreamHealth::Standing::due;
  if (fetch.is_trial) health.begin_trial(now);
  fetch.over_tcp = false;
  fetch.without_opt = false;
  return true;
}

/// Asks the chosen upstream.
void Forwarder::send(Fetch& fetch, std::uint64_t now) noexcept {
  const auto& forward = *fetch.forward;
  const auto timeout = static_cast<std::uint64_t>(std::chrono::microseconds(forward.timeout).count());
  if (now > fetch.began && now - fetch.began + timeout > longest_fetch) {
    fail(fetch, now);
    return;
  }
  auto& attempt = fetch.attempt;
  try {
    const UpstreamPath path{.upstream = fetch.endpoint(),
                            .transport = fetch.over_tcp ? Transport::tcp : Transport::udp,
                            .source = source_for(fetch.endpoint(), forward.from, fetch.source),
                            .interface = forward.from.interface,
                            .timeout = forward.timeout};
    store16(fetch.query.data(), ids_.next());
    const bool knows_edns = !fetch.without_opt && upstreams_[path.upstream].knows_edns(now);
    fetch.with_opt = fetch.has_opt() && knows_edns;
    if (fetch.with_opt || !fetch.has_opt()) {
      channels_.send(path, fetch.query, attempt, now);
    } else {
      channels_.send(path, without_opt(fetch.query), attempt, now);
    }
  } catch (const std::exception&) {
    attempt.end = UpstreamTry::End::no_socket;
    ended_.push_back(&attempt);
  }
}

/// Decides what to do after an attempt.
void Forwarder::judge(Fetch& fetch, std::uint64_t now) noexcept {
  auto& health = upstreams_[fetch.endpoint()];
  const auto end = fetch.attempt.end;
  if (end == UpstreamTry::End::answered) {
    judge_answer(fetch, health, now);
    return;
  }
  const bool is_timeout = end == UpstreamTry::End::timed_out;
  ++(is_timeout ? counters_.upstream_timeouts : counters_.upstream_failures)->value;
  fetch.why = is_timeout ? ExtendedError::no_reachable : ExtendedError::network_error;
  // An upstream that sent a truncated answer is up; and a connection may have ended because of another question.
  if (end != UpstreamTry::End::no_socket && !fetch.over_tcp) health.failed(now, fetch.is_trial);
  if (is_timeout || fetch.over_tcp) fetch.lost |= 1U << fetch.upstream;
  try_next(fetch, now);
}

void Forwarder::judge_answer(Fetch& fetch, UpstreamHealth& health, std::uint64_t now) noexcept {
  const Octets question = Octets(fetch.query).subspan(header_size, fetch.question_size);
  const auto answer = read_upstream_answer(fetch.attempt.answer, question);
  health.answered();
  if (!answer || !is_about(*answer, fetch.subnet)) {
    ++counters_.upstream_failures->value;
    fetch.why = ExtendedError::network_error;
    try_next(fetch, now);
    return;
  }
  // The upstream may have rejected an option, or another server may have answered. So this counts only for a bare OPT,
  // and only if the answer is better without it.
  const bool is_better = fetch.without_opt && static_cast<Rcode>(answer->rcode) != Rcode::formerr;
  if (is_better && fetch.has_bare_opt()) health.does_not_know_edns(now);
  if ((answer->flags & flag::truncated) != 0 && !fetch.over_tcp) {
    fetch.refusal = std::move(fetch.attempt.answer);
    fetch.over_tcp = true;
    send(fetch, now);
  } else if (static_cast<Rcode>(answer->rcode) == Rcode::formerr && !answer->has_opt && fetch.with_opt) {
    fetch.without_opt = true;
    send(fetch, now);
  } else if (is_refusal(answer->rcode)) {
    ++counters_.upstream_failures->value;
    fetch.refusal = std::move(fetch.attempt.answer);
    try_next(fetch, now);
  } else {
    succeed(fetch, *answer, now);
  }
}

void Forwarder::succeed(Fetch& fetch, const UpstreamAnswer& answer, std::uint64_t now) noexcept {
  failures_.forget(fetch.key.hash);
  try {
    cache_.put(fetch.key, answer, lifetime_of(answer, fetch.type), now);
  } catch (const std::exception&) {
    // Not cached then.
  }
  finish(fetch, [&](const Query& query, MessageWriter& reply) { return relay(answer, query, reply, [](auto) {}); });
}

/// All upstreams have been asked, or time is up.
void Forwarder::fail(Fetch& fetch, std::uint64_t now) noexcept {
  const CachedAnswer* const known = cache_.find(fetch.key, now);
  if (known != nullptr) {
    failures_.remember(fetch.key.hash, now);
    counters_.stale->value += fetch.waiters.size();
    finish(fetch, [&](const Query& query, MessageWriter& reply) { return relay_stale(*known, query, reply); });
    return;
  }
  const Octets question = Octets(fetch.query).subspan(header_size, fetch.question_size);
  if (const auto refusal = read_upstream_answer(fetch.refusal, question)) {
    if (static_cast<Rcode>(refusal->rcode) == Rcode::servfail) failures_.remember(fetch.key.hash, now);
    finish(fetch, [&](const Query& query, MessageWriter& reply) { return relay(*refusal, query, reply, [](auto) {}); });
    return;
  }
  failures_.remember(fetch.key.hash, now);
  counters_.unanswered->value += fetch.waiters.size();
  const auto why = fetch.why;
  finish(fetch, [&](const Query& query, MessageWriter& reply) { return write_failure(reply, query, why); });
}

/// Replies to all waiting clients, and ends the fetch.
template <typename Write>
void Forwarder::finish(Fetch& fetch, const Write& write) noexcept {
  const auto ended = fetches_.extract(fetch.key);
  for (auto& waiter : fetch.waiters) {
    shares_.remove(waiter, waiter.deferral.route().peer.address());
    reply(waiter, write);
  }
}

/// Handles ended attempts, which may start new ones.
void Forwarder::handle_ended() noexcept {
  const auto self = shared_from_this();
  const auto now = clock_();
  while (!ended_.empty()) {
    auto& fetch = *static_cast<Fetch*>(ended_.back()->asker);
    ended_.pop_back();
    judge(fetch, now);
  }
}

/// Drives timeouts and keeps the forwarder alive while questions are outstanding.
void Forwarder::tick() {
  timer_.expires_after(tick_interval);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->is_ticking_ = false;
    if (error) return;
    self->channels_.expire();
    self->handle_ended();
    if (self->fetches_.empty() || self->is_ticking_) return;
    try {
      self->tick();
    } catch (const std::exception&) {
      // The next question starts the timer again.
    }
  });
  is_ticking_ = true;
}

}  // namespace thence::dns
