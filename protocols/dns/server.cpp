#include "protocols/dns/server.hpp"

#include <algorithm>
#include <array>

namespace thence::dns {

namespace {

using Action = Verdict::Action;

constexpr std::size_t length_prefix = 2;
constexpr std::size_t largest_message = 65535;
constexpr std::uint32_t stun_cookie = 0x2112A442;

Rcode rcode_of(Finding finding) noexcept {
  if (finding == Finding::nxdomain) return Rcode::nxdomain;
  return finding == Finding::too_long ? Rcode::yxdomain : Rcode::noerror;
}

/// Whether STUN's magic cookie stands where a STUN message has it (RFC 8489 §5), in a datagram as in a stream. DNS
/// counts its questions there: more of them than there is room for, so no query is taken for STUN.
bool has_stun_cookie(Octets octets) noexcept { return load32(octets.data() + 4) == stun_cookie; }

}  // namespace

Server::Server(std::shared_ptr<const Settings> settings, const Environment& environment, Clock clock)
    : settings_(std::move(settings)),
      environment_(environment),
      has_large_zone_(std::ranges::any_of(settings_->zones,
                                          [](const ServedZone& each) { return each.zone && each.zone->is_large(); })),
      clock_(clock),
      noerror_(&environment.counters["noerror"]),
      nodata_(&environment.counters["nodata"]),
      nxdomain_(&environment.counters["nxdomain"]),
      yxdomain_(&environment.counters["yxdomain"]),
      referral_(&environment.counters["referral"]),
      truncated_(&environment.counters["truncated"]),
      chaos_(&environment.counters["chaos"]),
      cookie_(&environment.counters["cookie"]),
      refused_(&environment.counters["refused"]),
      formerr_(&environment.counters["formerr"]),
      notimp_(&environment.counters["notimp"]),
      badvers_(&environment.counters["badvers"]),
      servfail_(&environment.counters["servfail"]),
      badcookie_(&environment.counters["badcookie"]),
      slipped_(&environment.counters["slipped"]),
      limited_(&environment.counters["limited"]),
      malformed_(&environment.counters["malformed"]),
      response_(&environment.counters["response"]),
      with_good_cookie_(&environment.counters["with-good-cookie"]),
      with_bad_cookie_(&environment.counters["with-bad-cookie"]),
      with_client_cookie_(&environment.counters["with-client-cookie"]),
      with_nsid_(&environment.counters["with-nsid"]),
      with_client_subnet_(&environment.counters["with-client-subnet"]) {
  if (settings_->cookies.enabled) cookies_.emplace(settings_->cookies.secrets);
  if (settings_->rate_limit) rate_limit_.emplace(*settings_->rate_limit);
}

bool Server::claims(std::span<const std::byte> payload) const noexcept {
  return payload.size() >= header_size && !has_stun_cookie(octets_of(payload));
}

std::optional<Frame> Server::frame(std::span<const std::byte> stream) const noexcept {
  if (stream.size() < length_prefix + 6) return std::nullopt;
  const std::uint8_t* const at = octets_of(stream).data();
  const std::size_t size = load16(at);
  const bool is_message = size >= header_size && !has_stun_cookie(octets_of(stream));
  return Frame{.prefix = length_prefix, .message = is_message ? size : 0};
}

void Server::expect(std::span<const std::byte> payload) noexcept {
  if (!has_large_zone_ || payload.size() < header_size) return;
  auto& expected = expected_[next_expected_++ % expected_.size()];
  if (expected.zone != nullptr) expected.zone->prefetch_block(expected.name_hash);
  expected = {};
  Name name;
  if (name.assign(octets_of(payload).subspan(header_size)) == 0) return;
  const ServedZone* const served = settings_->zones.find(name);
  if (served == nullptr || !served->zone || !served->zone->is_large()) return;
  expected = {served->zone.get(), hash(name.wire())};
  expected.zone->prefetch_index(expected.name_hash);
}

Verdict Server::respond(const Request& request, Reply& reply) noexcept {
  Query query;
  const Reading reading = read(octets_of(request.payload), query);
  if (reading == Reading::malformed) return {Action::drop, malformed_};
  if (reading == Reading::response) return {Action::drop, response_};

  const Cookies::Checked cookie = check_cookie(query, request.route);
  const auto decision = limit(request.route, cookie.standing);
  // An empty reply invites to ask again in another way, which only makes sense for a query that can be answered.
  const bool may_slip = reading == Reading::query;
  if (decision == RateLimit::Decision::drop || (decision == RateLimit::Decision::slip && !may_slip)) {
    return {Action::drop, limited_};
  }

  const bool is_udp = request.route.transport == Transport::udp;
  const std::size_t room = std::min(reply.buffer.size(), is_udp ? datagram_limit(query.edns) : largest_message);
  MessageWriter message({reinterpret_cast<std::uint8_t*>(reply.buffer.data()), room}, query);
  std::uint8_t* const subnet = add_options(query, cookie, message);
  const auto result_of = [&] {
    if (decision == RateLimit::Decision::slip) return slip(cookie.standing, message);
    const auto rejected = reject(query, reading, cookie.standing);
    if (rejected) return *rejected;
    const auto& [executor, interfaces, counters, send, sockets, advertised] = environment_;
    return answer_query({query, request.route, cookie.standing, interfaces, advertised}, subnet, message);
  };
  const Result result = result_of();
  if (result.error) {
    std::array<std::uint8_t, 2> code;
    store16(code.data(), static_cast<std::uint16_t>(*result.error));
    message.add_option(option::extended_error, code);
  }
  reply.size = message.finish(result.rcode);
  return {result.action, result.outcome};
}

Cookies::Checked Server::check_cookie(const Query& query, const Route& route) noexcept {
  if (!cookies_ || !query.edns || !query.edns->cookie) return {};
  const auto checked = cookies_->check(*query.edns->cookie, route.peer.address(), seconds_of(clock_()));
  switch (checked.standing) {
    case CookieStanding::good:
      ++with_good_cookie_->value;
      break;
    case CookieStanding::bad:
      ++with_bad_cookie_->value;
      break;
    case CookieStanding::client_only:
      ++with_client_cookie_->value;
      break;
    case CookieStanding::absent:
    case CookieStanding::malformed:
      break;
  }
  return checked;
}

/// A client that has been answered at its address before is there, and is no victim of another one.
RateLimit::Decision Server::limit(const Route& route, CookieStanding cookie) noexcept {
  const bool is_there = route.transport == Transport::tcp || cookie == CookieStanding::good;
  if (!rate_limit_ || is_there || route.peer.address().is_loopback()) return RateLimit::Decision::answer;
  return rate_limit_->take(route.peer.address(), clock_());
}

/// In the order in which they matter, should there not be room for all.
std::uint8_t* Server::add_options(const Query& query, const Cookies::Checked& cookie, MessageWriter& message) noexcept {
  if (!query.edns) return nullptr;
  std::uint8_t* subnet = nullptr;
  if (cookie.standing != CookieStanding::absent && cookie.standing != CookieStanding::malformed) {
    message.add_option(option::cookie, cookie.reply);
  }
  // It is defined for that class only (RFC 7871 §5).
  if (query.edns->client_subnet && query.rr_class == class_in) {
    ++with_client_subnet_->value;
    std::array<std::uint8_t, longest_client_subnet> data;
    const std::size_t size = write_client_subnet(data.data(), *query.edns->client_subnet);
    subnet = message.add_option(option::client_subnet, {data.data(), size});
  }
  if (query.edns->nsid && !settings_->nsid.empty()) {
    ++with_nsid_->value;
    message.add_option(option::nsid, settings_->nsid);
  }
  return subnet;
}

/// What a client that is over the limit gets: a server cookie to come with, or else the advice to come by TCP.
Server::Result Server::slip(CookieStanding cookie, MessageWriter& message) const noexcept {
  if (cookie == CookieStanding::client_only || cookie == CookieStanding::bad) {
    return {Action::reply, Rcode::badcookie, badcookie_};
  }
  message.set_truncated();
  return {Action::reply, Rcode::noerror, slipped_};
}

std::optional<Server::Result> Server::reject(const Query& query, Reading reading,
                                             CookieStanding cookie) const noexcept {
  if ((query.flags & flag::opcode) != 0) {
    return Result{Action::refuse, Rcode::notimp, notimp_, ExtendedError::not_supported};
  }
  const Result format_error{Action::refuse, Rcode::formerr, formerr_};
  if (reading == Reading::format_error) return format_error;
  if (query.edns && query.edns->version != 0) return Result{Action::reply, Rcode::badvers, badvers_};
  if (cookie == CookieStanding::malformed) return format_error;
  if (reading != Reading::no_question) return std::nullopt;
  // Without a question a client wants to know whether its cookie is good, and which one is (RFC 7873 §5.4).
  if (cookie == CookieStanding::absent) return format_error;
  if (cookie == CookieStanding::bad) return Result{Action::reply, Rcode::badcookie, badcookie_};
  return Result{Action::reply, Rcode::noerror, cookie_};
}

Server::Result Server::answer_query(const Circumstances& asked, std::uint8_t* subnet, MessageWriter& message) noexcept {
  const Query& query = asked.query;
  if (query.rr_class == class_chaos) return answer_chaos(query, message);
  if (query.rr_class != class_in || query.type == type::axfr || query.type == type::ixfr) {
    return refuse(ExtendedError::prohibited);
  }
  const ServedZone* const served = zone_of(query);
  if (served == nullptr) return refuse(ExtendedError::not_authoritative);
  if (!served->zone) return {Action::reply, Rcode::servfail, servfail_, ExtendedError::invalid_data};
  const auto [finding, by_subnet] = answer(*served->zone, asked, hash_, message);
  if (by_subnet && subnet != nullptr) set_scope(subnet, query.edns->client_subnet->source);
  return {Action::reply, rcode_of(finding), message.truncated() ? truncated_ : outcome(finding)};
}

Server::Result Server::answer_chaos(const Query& query, MessageWriter& message) const noexcept {
  const RRset text = settings_->chaos.find(query);
  if (!text) return refuse(ExtendedError::prohibited);
  if (!message.add(Section::answer, text, message.question())) message.set_truncated();
  return {Action::reply, Rcode::noerror, chaos_};
}

Server::Result Server::refuse(ExtendedError error) const noexcept {
  return {Action::refuse, Rcode::refused, refused_, error};
}

/// The zone that speaks for the name: that of the parent side for DS (RFC 4035 §3.1.4.1).
const ServedZone* Server::zone_of(const Query& query) const noexcept {
  if (query.type == type::ds) {
    const ServedZone* const parent = settings_->zones.find(query.name, 1);
    if (parent != nullptr) return parent;
  }
  return settings_->zones.find(query.name);
}

Counter* Server::outcome(Finding finding) const noexcept {
  switch (finding) {
    case Finding::nodata:
      return nodata_;
    case Finding::nxdomain:
      return nxdomain_;
    case Finding::referral:
      return referral_;
    case Finding::too_long:
      return yxdomain_;
    case Finding::data:
      break;
  }
  return noerror_;
}

}  // namespace thence::dns
