#include "protocols/dns/server.hpp"

#include "protocols/dns/measures.hpp"
#include "protocols/message_size.hpp"

#include <algorithm>
#include <array>

namespace thence::dns {

namespace {

using Action = Verdict::Action;

constexpr std::uint32_t stun_cookie = 0x2112A442;

Rcode rcode_of(Finding finding) noexcept {
  if (finding == Finding::nxdomain) return Rcode::nxdomain;
  return finding == Finding::too_long ? Rcode::yxdomain : Rcode::noerror;
}

bool forwards(const Settings& settings) noexcept {
  return std::ranges::any_of(settings.views, [](const View& view) {
    return std::ranges::any_of(view.zones, [](const ServedZone& each) { return each.forward != nullptr; });
  });
}

bool forward_alike(const ZoneTable& a, const ZoneTable& b) noexcept {
  const auto forwards_of = [](const ZoneTable& table) {
    std::vector<Forward> all;
    for (const auto& each : table) {
      if (each.forward) all.push_back(*each.forward);
    }
    return all;
  };
  return forwards_of(a) == forwards_of(b);
}

/// Whether the same upstreams are asked for the same requests, with the same limits.
bool forward_alike(const Settings& a, const Settings& b) noexcept {
  const auto is_alike = [](const View& left, const View& right) {
    return left.match == right.match && forward_alike(left.zones, right.zones);
  };
  return a.forwarding == b.forwarding && std::ranges::equal(a.views, b.views, is_alike);
}

/// Whether STUN's magic cookie is where a STUN message has it (RFC 8489 §5), in a datagram or a stream. DNS has its
/// question count there, for which the cookie would be impossibly large, so no query is taken for STUN.
bool has_stun_cookie(Octets octets) noexcept { return load32(octets.data() + 4) == stun_cookie; }

}  // namespace

Server::Server(std::shared_ptr<const Settings> settings, Host& host, Clocks clocks)
    : settings_(std::move(settings)),
      host_(&host),
      views_by_subnet_(
          std::ranges::any_of(settings_->views, [](const View& each) { return !each.match.subnets.empty(); })),
      has_large_zone_(std::ranges::any_of(settings_->zones,
                                          [](const LoadedZone& each) { return each.zone && each.zone->is_large(); })),
      clocks_(clocks),
      noerror_(&host.counters()["noerror"]),
      nodata_(&host.counters()["nodata"]),
      nxdomain_(&host.counters()["nxdomain"]),
      yxdomain_(&host.counters()["yxdomain"]),
      referral_(&host.counters()["referral"]),
      truncated_(&host.counters()["truncated"]),
      chaos_(&host.counters()["chaos"]),
      cookie_(&host.counters()["cookie"]),
      refused_(&host.counters()["refused"]),
      formerr_(&host.counters()["formerr"]),
      notimp_(&host.counters()["notimp"]),
      badvers_(&host.counters()["badvers"]),
      servfail_(&host.counters()["servfail"]),
      badcookie_(&host.counters()["badcookie"]),
      slipped_(&host.counters()["slipped"]),
      limited_(&host.counters()["limited"]),
      shut_out_(&host.counters()["shut-out"]),
      malformed_(&host.counters()["malformed"]),
      response_(&host.counters()["response"]),
      with_good_cookie_(&host.counters()["with-good-cookie"]),
      with_bad_cookie_(&host.counters()["with-bad-cookie"]),
      with_client_cookie_(&host.counters()["with-client-cookie"]),
      with_nsid_(&host.counters()["with-nsid"]),
      with_client_subnet_(&host.counters()["with-client-subnet"]) {
  if (settings_->cookies.enabled) cookies_.emplace(settings_->cookies.secrets);
  if (settings_->rate_limit) rate_limit_.emplace(*settings_->rate_limit);
  interfaces_changed();
  if (forwards(*settings_)) {
    forwarder_ = std::make_shared<Forwarder>(host, settings_->forwarding, clocks_.monotonic);
  }
}

/// If the forwarding settings are unchanged, cache and health stay.
void Server::follow(const Protocol& before) {
  const auto& other = static_cast<const Server&>(before);
  if (forwarder_ && other.forwarder_ && forward_alike(*settings_, *other.settings_)) forwarder_ = other.forwarder_;
}

void Server::measure(std::vector<Measure>& into) const {
  if (forwarder_) measure_forwarding(*forwarder_, into);
}

bool Server::claims(std::span<const std::byte> payload) const noexcept {
  return payload.size() >= header_size && !has_stun_cookie(octets_of(payload));
}

Framing Server::framing(Transport /*transport*/) const noexcept { return Framing::length_prefixed; }

std::optional<std::size_t> Server::frame(Transport transport, std::span<const std::byte> stream) const noexcept {
  // Enough octets to distinguish it from STUN.
  if (stream.size() < 8) return std::nullopt;
  const std::uint8_t* const at = octets_of(stream).data();
  const std::size_t size = load16(at);
  const bool is_message = size >= header_size && !has_stun_cookie(octets_of(stream));
  return is_message ? prefix_size(framing(transport)) + size : 0;
}

std::string Server::describe(std::span<const std::byte> payload) const {
  Query query;
  const auto reading = read(octets_of(payload), query);
  const bool is_known = reading == Reading::query || (reading == Reading::format_error && !query.question.empty());
  return is_known ? query.name.text() + ' ' + type_text(query.type) : std::string();
}

void Server::interfaces_changed() {
  if (settings_->finder) interface_views_ = settings_->finder->interface_views(host_->interfaces());
}

void Server::expect(const Request& request) noexcept {
  const auto payload = request.payload;
  if (!has_large_zone_ || payload.size() < header_size) return;
  auto& expected = expected_[next_expected_++ % expected_.size()];
  if (expected.zone != nullptr) expected.zone->prefetch_block(expected.name_hash);
  expected = {};
  Query query;
  if (query.name.assign(octets_of(payload).subspan(header_size)) == 0) return;
  // Without the options, as reading them would cost more than it gains.
  const View* const view = view_of(query, request.route);
  const ServedZone* const served = view == nullptr ? nullptr : view->zones.find(query.name);
  if (served == nullptr || !served->zone || !served->zone->is_large()) return;
  expected = {served->zone.get(), hash(query.name.wire())};
  expected.zone->prefetch_index(expected.name_hash);
}

Verdict Server::respond(const Request& request, Reply& reply) noexcept {
  Query query;
  const Reading reading = read(octets_of(request.payload), query);
  if (reading == Reading::malformed) return {Action::drop, malformed_};
  if (reading == Reading::response) return {Action::drop, response_};

  const View* const view = view_of(query, request.route);
  if (view != nullptr && view->access == Access::drop) return {Action::drop, shut_out_};
  const Cookies::Checked cookie = check_cookie(query, request.route);
  const auto decision = limit(request.route, cookie.standing);
  // An empty reply invites the client to retry, which only makes sense for a query that can be answered.
  const bool may_slip = reading == Reading::query;
  if (decision == RateLimit::Decision::drop || (decision == RateLimit::Decision::slip && !may_slip)) {
    return {Action::drop, limited_};
  }

  const std::size_t most = is_datagram(request.route.transport) ? datagram_limit(query.edns) : largest_message;
  const std::size_t room = std::min(reply.buffer.size(), most);
  MessageWriter message({reinterpret_cast<std::uint8_t*>(reply.buffer.data()), room}, query);
  add_options(query, cookie, message);
  const bool is_served = reading == Reading::query && view != nullptr && view->access == Access::answer;
  const ServedZone* const served = is_served ? zone_of(*view, query, request.route) : nullptr;
  const bool by_view = trusted_subnet(query, request.route) != nullptr;
  // An upstream's client subnet option is passed on, unless the view was chosen by the subnet.
  const bool is_own = by_view || served == nullptr || !served->forward;
  std::uint8_t* const subnet = is_own ? add_client_subnet(query, message) : nullptr;
  if (by_view && subnet != nullptr) set_scope(subnet, query.edns->client_subnet->source);
  const auto result_of = [&] {
    if (decision == RateLimit::Decision::slip) return slip(cookie.standing, message);
    const auto rejected = reject(query, reading, cookie.standing);
    if (rejected) return *rejected;
    const Circumstances asked{
        query, request.route, cookie.standing, host_->interfaces(), host_->covered(), host_->advertised()};
    return answer_query(view, served, asked, reply, message);
  };
  const Result result = result_of();
  if (result.action == Action::defer) return {result.action, result.outcome};
  if (result.by_subnet && subnet != nullptr) set_scope(subnet, query.edns->client_subnet->source);
  if (result.error) {
    std::array<std::uint8_t, 2> code;
    store16(code.data(), static_cast<std::uint16_t>(*result.error));
    message.add_option(option::extended_error, code);
  }
  reply.size = message.finish(result.rcode);
  return {result.action, result.outcome};
}

const ClientSubnet* Server::trusted_subnet(const Query& query, const Route& route) const noexcept {
  if (!views_by_subnet_ || !query.edns || !query.edns->client_subnet) return nullptr;
  if (settings_->trusted.empty() || !settings_->trusted.covers(route.peer.address())) return nullptr;
  return &*query.edns->client_subnet;
}

const View* Server::view_of(const Query& query, const Route& route) const noexcept {
  if (!settings_->finder) return settings_->views.data();
  const auto found = settings_->finder->find(route, *interface_views_, trusted_subnet(query, route));
  return found < settings_->views.size() ? &settings_->views[found] : nullptr;
}

Cookies::Checked Server::check_cookie(const Query& query, const Route& route) noexcept {
  if (!cookies_ || !query.edns || !query.edns->cookie) return {};
  const auto checked = cookies_->check(*query.edns->cookie, route.peer.address(), seconds_of(clocks_.wall()));
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

/// A client that has received a reply at its address exists, and is not the victim of a forged source.
RateLimit::Decision Server::limit(const Route& route, CookieStanding cookie) noexcept {
  const bool is_there = source_validated(route.transport) || cookie == CookieStanding::good;
  if (!rate_limit_ || is_there || route.peer.address().is_loopback()) return RateLimit::Decision::answer;
  return rate_limit_->take(route.peer.address(), clocks_.monotonic());
}

/// In order of importance, in case there is not room for all.
void Server::add_options(const Query& query, const Cookies::Checked& cookie, MessageWriter& message) noexcept {
  if (!query.edns) return;
  if (cookie.standing != CookieStanding::absent && cookie.standing != CookieStanding::malformed) {
    message.add_option(option::cookie, cookie.reply);
  }
  if (query.edns->client_subnet && query.rr_class == class_in) ++with_client_subnet_->value;
  if (query.edns->nsid && !settings_->nsid.empty()) {
    ++with_nsid_->value;
    message.add_option(option::nsid, settings_->nsid);
  }
}

std::uint8_t* Server::add_client_subnet(const Query& query, MessageWriter& message) noexcept {
  // It is defined only for class IN (RFC 7871 §5).
  if (!query.edns || !query.edns->client_subnet || query.rr_class != class_in) return nullptr;
  std::array<std::uint8_t, longest_client_subnet> data;
  const std::size_t size = write_client_subnet(data.data(), *query.edns->client_subnet);
  return message.add_option(option::client_subnet, {data.data(), size});
}

/// The reply to a client over the limit: a server cookie to retry with, or else TC, to make it retry over TCP.
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
  // A query without a question asks whether its cookie is good, and for a good one (RFC 7873 §5.4).
  if (cookie == CookieStanding::absent) return format_error;
  if (cookie == CookieStanding::bad) return Result{Action::reply, Rcode::badcookie, badcookie_};
  return Result{Action::reply, Rcode::noerror, cookie_};
}

Server::Result Server::answer_query(const View* view, const ServedZone* served, const Circumstances& asked,
                                    const Reply& reply, MessageWriter& message) noexcept {
  const Query& query = asked.query;
  if (view == nullptr || view->access == Access::refuse) return refuse(ExtendedError::prohibited);
  if (query.rr_class == class_chaos) return answer_chaos(query, message);
  if (query.rr_class != class_in || query.type == type::axfr || query.type == type::ixfr) {
    return refuse(ExtendedError::prohibited);
  }
  if (served == nullptr) {
    return refuse(settings_->finder ? ExtendedError::prohibited : ExtendedError::not_authoritative);
  }
  if (served->forward) return forward(*view, *served, asked, reply, message);
  if (!served->zone) return {Action::reply, Rcode::servfail, servfail_, ExtendedError::invalid_data};
  return answer_from(*served->zone, asked, message);
}

Server::Result Server::answer_from(const Zone& zone, const Circumstances& asked, MessageWriter& message) noexcept {
  const auto [finding, by_subnet] = answer(zone, asked, hash_, message);
  Counter* const counted = message.truncated() ? truncated_ : outcome(finding);
  return {Action::reply, rcode_of(finding), counted, std::nullopt, by_subnet};
}

Server::Result Server::forward(const View& view, const ServedZone& served, const Circumstances& asked,
                               const Reply& reply, MessageWriter& message) noexcept {
  if (!served.forward->clients.covers(asked.route.peer.address())) return refuse(ExtendedError::prohibited);
  const auto number = static_cast<std::uint16_t>(&view - settings_->views.data());
  const auto [deferred, rcode, counted] = forwarder_->ask(number, served.forward, asked.query, reply, message);
  return {deferred ? Action::defer : Action::reply, rcode, counted};
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

const ServedZone* Server::zone_of(const View& view, const Query& query, const Route& route) noexcept {
  const ServedZone* const own = view.zones.find(query.name);
  if (query.type != type::ds) return own;
  const ServedZone* const parent = view.zones.find(query.name, 1);
  if (parent == nullptr || own == nullptr || own == parent) return own;
  if (!own->forward) return parent->forward ? own : parent;
  // A forwarded name is either delegated by the zone around it or unknown to it.
  if (parent->forward) return parent->forward->clients.covers(route.peer.address()) ? parent : own;
  return parent->zone && parent->zone->match(query.name).kind == Match::Kind::delegated ? parent : own;
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
