#include "protocols/stun/plugin.hpp"

#include "protocols/message_size.hpp"
#include "protocols/network_order.hpp"
#include "protocols/rate_limit.hpp"
#include "protocols/stun/binding.hpp"
#include "protocols/stun/message.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace thence::stun {
namespace {

struct OutcomeTraits {
  Outcome outcome;
  std::string_view counter;
  Verdict::Action action;
};

constexpr std::array traits{
    OutcomeTraits{Outcome::success, "success", Verdict::Action::reply},
    OutcomeTraits{Outcome::success_classic, "success-classic", Verdict::Action::reply},
    OutcomeTraits{Outcome::limited, "limited", Verdict::Action::drop},
    OutcomeTraits{Outcome::bad_request, "bad-request", Verdict::Action::refuse},
    OutcomeTraits{Outcome::unauthenticated, "unauthenticated", Verdict::Action::refuse},
    OutcomeTraits{Outcome::unknown_attribute, "unknown-attribute", Verdict::Action::refuse},
    OutcomeTraits{Outcome::stale_nonce, "stale-nonce", Verdict::Action::reply},
    OutcomeTraits{Outcome::malformed, "malformed", Verdict::Action::drop},
    OutcomeTraits{Outcome::bad_fingerprint, "bad-fingerprint", Verdict::Action::drop},
    OutcomeTraits{Outcome::response, "response", Verdict::Action::drop},
    OutcomeTraits{Outcome::indication, "indication", Verdict::Action::drop},
    OutcomeTraits{Outcome::unknown_method, "unknown-method", Verdict::Action::drop},
};

constexpr bool in_order_of_outcome() {
  for (std::size_t i = 0; i < traits.size(); ++i) {
    if (static_cast<std::size_t>(traits[i].outcome) != i) return false;
  }
  return true;
}
static_assert(in_order_of_outcome(), "an outcome is the place of its traits");

/// Whether a message without the magic cookie is a Binding request of RFC 3489, and not a DNS query of one question
/// whose ID and flags happen to look like one. Both have random octets there, so one request in 2^48 is taken for a
/// query.
bool is_classic_binding_request(std::span<const std::byte> message) noexcept {
  const bool is_query = load16(message.subspan<4, 2>()) == 1 && load32(message.subspan<6, 4>()) == 0;
  return load16(message.first<2>()) == binding && !is_query;
}

/// The settings of `stun:`.
struct Settings {
  std::optional<BehaviorSettings> behavior;
  std::optional<RateLimitSettings> rate_limit;
  std::shared_ptr<const Credentials> credentials;
};

class Stun final : public Protocol {
 public:
  Stun(const Settings& settings, Host& host) {
    std::transform(traits.begin(), traits.end(), outcomes_.begin(), [&](const OutcomeTraits& each) {
      return Verdict{each.action, &host.counters()[each.counter]};
    });
    if (settings.behavior) behavior_.emplace(*settings.behavior, host);
    if (settings.rate_limit) rate_limit_.emplace(*settings.rate_limit);
    if (settings.credentials) credentials_.emplace(settings.credentials);
  }

  void interfaces_changed() override {
    if (behavior_) behavior_->interfaces_changed();
  }

  void follow(const Protocol& before) override {
    const auto& stun = static_cast<const Stun&>(before);
    if (behavior_ && stun.behavior_) behavior_->follow(*stun.behavior_);
  }

  bool claims(std::span<const std::byte> payload) const noexcept override {
    return payload.size() >= header_size && message_size(payload) == payload.size() &&
           (has_magic_cookie(payload) || is_classic_binding_request(payload));
  }

  // Each message contains its own length (RFC 8489 §6.2.2).
  std::optional<std::size_t> frame(Transport /*transport*/, std::span<const std::byte> stream) const noexcept override {
    if (stream.size() < 8) return std::nullopt;
    const auto size = has_magic_cookie(stream) ? message_size(stream) : 0;
    return size <= largest_message ? size : 0;
  }

  std::string describe(std::span<const std::byte> payload) const override {
    const auto message = Message::read(payload);
    return message ? method_text(message->method()) : std::string();
  }

  Verdict respond(const Request& request, Reply& reply) noexcept override {
    const Usage usage{behavior_ ? &*behavior_ : nullptr, credentials_ ? &*credentials_ : nullptr,
                      rate_limit_ ? &*rate_limit_ : nullptr};
    return outcomes_[static_cast<std::size_t>(answer(request, reply, usage))];
  }

 private:
  std::optional<NatBehavior> behavior_;
  std::optional<CredentialChecker> credentials_;
  std::optional<RateLimit> rate_limit_;
  std::array<Verdict, traits.size()> outcomes_{};
};

std::string example(const Endpoint& at, Transport transport) {
  if (!is_datagram(transport)) return "";
  return "turnutils_stunclient -p " + std::to_string(at.port()) + " " + at.address().to_string();
}

/// If there is another address, turnutils_stunclient asks for PADDING and RESPONSE-PORT, and waits for ever.
std::string discovery_example(const Endpoint& at, Transport transport) {
  if (!is_datagram(transport)) return "";
  return "turnutils_natdiscovery -m -f -p " + std::to_string(at.port()) + " " + at.address().to_string();
}

/// The remark for hosts whose addresses have no alternates.
std::string remark(const BehaviorSettings& settings, const InterfaceTable& interfaces,
                   const config::AdvertisedAddresses& advertised) {
  AlternateAddresses alternates(settings.pairs, advertised);
  alternates.update(interfaces);
  if (alternates.any()) return "";
  return settings.pairs.empty() ? "stun.behavior-discovery: this host has no two addresses of one family and scope; a "
                                  "request that asks for "
                                  "an answer from another address or port gets error 420"
                                : "stun.behavior-discovery.pairs: this host does not have both addresses of any pair";
}

class StunService final : public Service {
 public:
  explicit StunService(Settings settings) : settings_(std::move(settings)) {}

  const Settings& settings() const noexcept { return settings_; }

  std::unique_ptr<Protocol> make(Host& host) const override { return std::make_unique<Stun>(settings_, host); }
  std::string example(const Endpoint& at, Transport transport) const override {
    return settings_.behavior ? discovery_example(at, transport) : stun::example(at, transport);
  }
  std::uint16_t alternate_port() const noexcept override {
    return settings_.behavior ? settings_.behavior->alternate_port : std::uint16_t{0};
  }
  double amplification() const override {
    if (settings_.rate_limit) return 0;
    const double of_success = settings_.behavior ? static_cast<double>(settings_.behavior->amplification) : 0;
    return std::max(of_success, amplification_of_bare_request());
  }
  std::string remark(const InterfaceTable& interfaces, const config::AdvertisedAddresses& advertised) const override {
    return settings_.behavior ? stun::remark(*settings_.behavior, interfaces, advertised) : std::string();
  }

 private:
  /// What it gets is a mapped address, or a refusal that says which credentials are asked for.
  double amplification_of_bare_request() const {
    LoneHost host;
    const auto request = probe(0);
    std::vector<std::byte> buffer(largest_message);
    Reply reply{buffer, 0, {}};
    const Endpoint some(boost::asio::ip::address_v6::loopback(), 3478);
    make(host)->respond({request, {some, some, 0, Transport::udp}}, reply);
    return static_cast<double>(reply.size) / static_cast<double>(request.size());
  }

  Settings settings_;
};

}  // namespace

std::shared_ptr<const Service> load(const config::Cursor& section, const Service* before) {
  const auto* const known = static_cast<const StunService*>(before);
  auto map = section.map();
  Settings settings;
  const auto credentials = map["credentials"];
  settings.credentials =
      read_credentials(credentials, known == nullptr ? nullptr : known->settings().credentials.get());
  if (settings.credentials) {
    credentials.with(config::Severity::note)
        .wrong(
            "RFC 3489 has no such credentials; its clients, such as libnice when it asks a STUN server, get error 401");
  }
  settings.behavior = read_behavior(map["behavior-discovery"]);
  settings.rate_limit = read_rate_limit(map["rate-limit"], false);
  map.close();
  return std::make_shared<const StunService>(std::move(settings));
}

std::vector<std::byte> probe(std::uint64_t nonce) {
  std::array<std::byte, 16> id{};
  const std::span bytes(id);
  store32(bytes.first<4>(), magic_cookie);
  store32(bytes.subspan<4, 4>(), static_cast<std::uint32_t>(nonce >> 32U));
  store32(bytes.subspan<8, 4>(), static_cast<std::uint32_t>(nonce));
  std::vector<std::byte> request(header_size);
  MessageWriter(request, MessageClass::request, id);
  return request;
}

bool answers(std::span<const std::byte> probe, std::span<const std::byte> message) {
  const auto request = Message::read(probe);
  const auto response = Message::read(message);
  if (!request || !response || response->method() != binding) return false;
  const auto kind = response->message_class();
  return (kind == MessageClass::success || kind == MessageClass::error) &&
         std::ranges::equal(response->id(), request->id());
}

const Plugin plugin{.name = "stun",
                    .title = "STUN",
                    .transports = {Transport::udp, Transport::tcp},
                    .load = load,
                    .probe = probe,
                    .answers = answers};

}  // namespace thence::stun
