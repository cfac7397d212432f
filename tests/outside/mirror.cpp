#include "protocols/protocol.hpp"

#include <algorithm>

namespace thence::mirror {
namespace {

constexpr std::size_t message_size = 4;

/// Sends four octets back in reverse order, over TCP alone. A message ends where its fourth octet is, so there is
/// nothing in front of it.
class Mirror final : public Protocol {
 public:
  explicit Mirror(Host& host) : mirrored_(host.counters()["mirrored"]) {}

  bool claims(std::span<const std::byte> payload) const noexcept override { return payload.size() == message_size; }

  std::optional<std::size_t> frame(Transport /*transport*/,
                                   std::span<const std::byte> /*stream*/) const noexcept override {
    return message_size;
  }

  Verdict respond(const Request& request, Reply& reply) noexcept override {
    std::ranges::reverse_copy(request.payload, reply.buffer.begin());
    reply.size = request.payload.size();
    return {Verdict::Action::reply, &mirrored_};
  }

 private:
  Counter& mirrored_;
};

class MirrorService final : public Service {
 public:
  std::unique_ptr<Protocol> make(Host& host) const override { return std::make_unique<Mirror>(host); }
  std::string example(const Endpoint& at, Transport /*transport*/) const override {
    return "printf abcd | nc -N " + at.address().to_string() + ' ' + std::to_string(at.port());
  }
};

std::shared_ptr<const Service> load(const config::Cursor& section, const Service* /*before*/) {
  section.map().close();
  return std::make_shared<MirrorService>();
}

std::vector<std::byte> probe(std::uint64_t nonce) {
  std::vector<std::byte> message(message_size);
  for (auto& each : message) {
    each = static_cast<std::byte>(nonce);
    nonce >>= 8U;
  }
  return message;
}

bool answers(std::span<const std::byte> probe, std::span<const std::byte> message) {
  return std::equal(probe.rbegin(), probe.rend(), message.begin(), message.end());
}

}  // namespace

extern const Plugin plugin{.name = "mirror",
                           .title = "Mirror",
                           .transports = {Transport::tcp},
                           .load = load,
                           .probe = probe,
                           .answers = answers};

}  // namespace thence::mirror
