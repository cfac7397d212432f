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

/// What `stun:` says.
struct Settings {
  std::optional<BehaviorSettings> behavior;
  std::optional<RateLimitSettings> rate_limit;
  std::shared_ptr<const Credentials> credentials;
};

class Stun final : public Protocol {
 public:
  Stun(const Settings& settings, const Environment& environment) {
    std::transform(traits.begin(), traits.end(), outcomes_.begin(), [&](const OutcomeTraits& each) {
      return Verdict{each.action, &environment.counters[each.counter]};
    });
    if (settings.behavior) behavior_.emplace(*settings.behavior, environment);
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

  // A classic message is never claimed: without the cookie it can hardly be told from another protocol's.
  bool claims(std::span<const std::byte> payload) const noexcept override {
    return payload.size() >= header_size && has_magic_cookie(payload) && message_size(payload) == payload.size();
  }

  std::optional<Frame> frame(std::span<const std::byte> stream) const noexcept override {
    if (stream.size() < 8) return {};
    const auto size = has_magic_cookie(stream) ? message_size(stream) : 0;
    return Frame{.prefix = 0, .message = size <= largest_message ? size : 0};
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
  if (transport == Transport::tcp) return "";
  return "turnutils_stunclient -p " + std::to_string(at.port()) + " " + at.address().to_string();
}

/// Where there is another address, turnutils_stunclient asks for PADDING and RESPONSE-PORT, and waits for ever.
std::string discovery_example(const Endpoint& at, Transport transport) {
  if (transport == Transport::tcp) return "";
  return "turnutils_natdiscovery -m -f -p " + std::to_string(at.port()) + " " + at.address().to_string();
}

/// What is to be known of hosts whose addresses have no alternates.
std::string remark(const BehaviorSettings& settings, const InterfaceTable& interfaces,
                   const config::AdvertisedAddresses& advertised) {
  AlternateAddresses alternates(settings.pairs, advertised);
  alternates.update(interfaces);
  if (alternates.any()) return "";
  return settings.pairs.empty() ? "stun.behavior-discovery: this host has no two addresses of one family and scope; a "
                                  "request that asks for "
                                  "an answer from another address or port gets error 420"
                                : "stun.behavior-discovery.pairs: of no pair does this host have both addresses";
}

/// @param before what is replaced; nullptr at the start
Service load_beside(const config::Cursor& section, const Settings* before) {
  auto map = section.map();
  Settings settings;
  settings.credentials = read_credentials(map["credentials"], before == nullptr ? nullptr : before->credentials.get());
  settings.behavior = read_behavior(map["behavior-discovery"]);
  settings.rate_limit = read_rate_limit(map["rate-limit"], false);
  map.close();
  Service service{
      .make = [settings](const Environment& environment) { return std::make_unique<Stun>(settings, environment); },
      .example = settings.behavior ? discovery_example : example,
      .reload = [before = settings](const config::Cursor& again) { return load_beside(again, &before); },
  };
  if (const auto& behavior = settings.behavior) {
    service.alternate_port = behavior->alternate_port;
    service.remark = std::bind_front(remark, *behavior);
  }
  return service;
}

}  // namespace

Service load(const config::Cursor& section) { return load_beside(section, nullptr); }

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

}  // namespace thence::stun
