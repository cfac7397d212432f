#include "protocols/dns/plugin.hpp"

#include "protocols/dns/answer.hpp"
#include "protocols/dns/message_writer.hpp"
#include "protocols/dns/settings.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace thence::dns {

namespace {

constexpr std::size_t length_prefix = 2;
constexpr std::uint32_t stun_cookie = 0x2112A442;

Octets octets_of(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// Whether STUN's magic cookie stands where a STUN message has it (RFC 8489 §5), in a datagram as in a stream. DNS
/// counts its questions there: more of them than there is room for, so no query is taken for STUN.
bool has_stun_cookie(Octets octets) noexcept { return load32(octets.data() + 4) == stun_cookie; }

/// The DNS server of one worker.
class Server final : public Protocol {
 public:
  Server(std::shared_ptr<const Settings> settings, Counters& counters)
      : settings_(std::move(settings)),
        noerror_(&counters["noerror"]),
        nodata_(&counters["nodata"]),
        nxdomain_(&counters["nxdomain"]),
        referral_(&counters["referral"]),
        truncated_(&counters["truncated"]),
        refused_(&counters["refused"]),
        formerr_(&counters["formerr"]),
        notimp_(&counters["notimp"]),
        badvers_(&counters["badvers"]),
        servfail_(&counters["servfail"]),
        malformed_(&counters["malformed"]),
        response_(&counters["response"]) {}

  /// As on a port of its own, but for what may be STUN, which claims nothing without its cookie.
  bool claims(std::span<const std::byte> payload) const noexcept override {
    return payload.size() >= header_size && !has_stun_cookie(octets_of(payload));
  }

  std::optional<Frame> frame(std::span<const std::byte> stream) const noexcept override {
    if (stream.size() < length_prefix + 6) return std::nullopt;
    const std::uint8_t* const at = octets_of(stream).data();
    const std::size_t size = load16(at);
    const bool is_message = size >= header_size && !has_stun_cookie(octets_of(stream));
    return Frame{.prefix = length_prefix, .message = is_message ? size : 0};
  }

  Verdict respond(const Request& request, Reply& reply) noexcept override {
    using Action = Verdict::Action;
    Query query;
    const Reading reading = read(octets_of(request.payload), query);
    if (reading == Reading::malformed) return {Action::drop, malformed_};
    if (reading == Reading::response) return {Action::drop, response_};

    const bool is_udp = request.route.transport == Transport::udp;
    const std::size_t limit = is_udp ? datagram_limit(query.edns) : largest_message;
    auto* const room = reinterpret_cast<std::uint8_t*>(reply.buffer.data());
    MessageWriter message({room, std::min(reply.buffer.size(), limit)}, query);
    const auto send = [&](Action action, Rcode rcode, Counter* outcome) {
      reply.size = message.finish(rcode);
      return Verdict{action, outcome};
    };

    if ((query.flags & flag::opcode) != 0) return send(Action::refuse, Rcode::notimp, notimp_);
    if (reading == Reading::format_error) return send(Action::refuse, Rcode::formerr, formerr_);
    if (query.edns && query.edns->version != 0) return send(Action::reply, Rcode::badvers, badvers_);
    const ServedZone* const served = zone_of(query);
    if (served == nullptr) return send(Action::refuse, Rcode::refused, refused_);
    if (!served->zone) return send(Action::reply, Rcode::servfail, servfail_);

    const Finding finding = answer(*served->zone, query, request.route, message);
    const Rcode rcode = finding == Finding::nxdomain ? Rcode::nxdomain : Rcode::noerror;
    return send(Action::reply, rcode, message.truncated() ? truncated_ : outcome(finding));
  }

 private:
  static constexpr std::size_t largest_message = 65535;

  /// @return nullptr where the query is refused: another class, a transfer, or no zone for the name
  const ServedZone* zone_of(const Query& query) const noexcept {
    if (query.rr_class != class_in || query.type == type::axfr || query.type == type::ixfr) return nullptr;
    if (query.type == type::ds) {
      const ServedZone* const parent = settings_->zones.find(query.name, 1);
      if (parent != nullptr) return parent;
    }
    return settings_->zones.find(query.name);
  }

  Counter* outcome(Finding finding) const noexcept {
    switch (finding) {
      case Finding::nodata:
        return nodata_;
      case Finding::nxdomain:
        return nxdomain_;
      case Finding::referral:
        return referral_;
      case Finding::data:
        break;
    }
    return noerror_;
  }

  std::shared_ptr<const Settings> settings_;
  Counter* noerror_;
  Counter* nodata_;
  Counter* nxdomain_;
  Counter* referral_;
  Counter* truncated_;
  Counter* refused_;
  Counter* formerr_;
  Counter* notimp_;
  Counter* badvers_;
  Counter* servfail_;
  Counter* malformed_;
  Counter* response_;
};

std::string command(const std::optional<Settings::Example>& example, const Endpoint& endpoint, Transport transport) {
  std::string text = "dig @" + endpoint.address().to_string() + " -p " + std::to_string(endpoint.port());
  if (transport == Transport::tcp) text += " +tcp";
  if (!example) return text + " . SOA";
  text += ' ' + (example->name == "." ? example->name : example->name.substr(0, example->name.size() - 1));
  if (!example->address) return text + " SOA";
  return endpoint.address().is_v6() ? text + " AAAA" : text;
}

Service service_of(const std::shared_ptr<const Settings>& settings) {
  return {
      .make = [settings](
                  const Environment& environment) { return std::make_unique<Server>(settings, environment.counters); },
      .example = [example = settings->example](const Endpoint& endpoint,
                                               Transport transport) { return command(example, endpoint, transport); },
      .reload =
          [settings](const config::Cursor& section) {
            return service_of(std::make_shared<const Settings>(read_settings(section, settings.get())));
          }};
}

}  // namespace

Service load(const config::Cursor& section) {
  return service_of(std::make_shared<const Settings>(read_settings(section)));
}

std::vector<std::byte> probe(std::uint64_t nonce) {
  // A name that nobody serves (RFC 6761 §6.4), and that no cache on the way has seen.
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view tail = "\6thence\7invalid";
  std::vector<std::uint8_t> message(header_size);
  store16(message.data(), static_cast<std::uint16_t>(nonce));
  store16(message.data() + 4, 1);
  message.push_back(16);
  for (unsigned shift = 64; shift > 0; shift -= 4) {
    message.push_back(static_cast<std::uint8_t>(digits[nonce >> (shift - 4) & 0x0FU]));
  }
  message.insert(message.end(), tail.begin(), tail.end());
  message.insert(message.end(), {0, 0, type::txt, 0, class_in});
  const auto bytes = std::as_bytes(std::span(message));
  return {bytes.begin(), bytes.end()};
}

bool answers(std::span<const std::byte> probe, std::span<const std::byte> message) {
  const auto asked = octets_of(probe);
  const auto reply = octets_of(message);
  if (reply.size() < asked.size() || asked.size() < header_size) return false;
  const bool is_response = (load16(reply.data() + 2) & flag::response) != 0;
  return is_response && load16(reply.data()) == load16(asked.data()) && load16(reply.data() + 4) == 1 &&
         std::ranges::equal(asked.subspan(header_size), reply.subspan(header_size, asked.size() - header_size));
}

}  // namespace thence::dns
