#include "protocols/protocol.hpp"

#include <chrono>

namespace thence::time {
namespace {

/// The Time Protocol (RFC 868): an empty datagram asks for the seconds since 1900.
class Time final : public Protocol {
 public:
  explicit Time(Host& host) : told_(host.counters()["told"]), not_empty_(host.counters()["not-empty"]) {}

  bool claims(std::span<const std::byte> payload) const noexcept override { return payload.empty(); }

  Verdict respond(const Request& request, Reply& reply) noexcept override {
    if (!request.payload.empty()) return {Verdict::Action::drop, &not_empty_};
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = 2'208'988'800 + std::chrono::floor<std::chrono::seconds>(since_1970).count();
    for (const int shift : {24, 16, 8, 0}) reply.buffer[reply.size++] = static_cast<std::byte>(seconds >> shift);
    return {Verdict::Action::reply, &told_};
  }

 private:
  Counter& told_;
  Counter& not_empty_;
};

class TimeService final : public Service {
 public:
  std::unique_ptr<Protocol> make(Host& host) const override { return std::make_unique<Time>(host); }
};

std::shared_ptr<const Service> load(const config::Cursor& section, const Service* /*before*/) {
  section.map().close();  // it knows no settings, so each that stands below `time:` is a mistake
  return std::make_shared<TimeService>();
}

std::vector<std::byte> probe(std::uint64_t /*nonce*/) { return {}; }
bool answers(std::span<const std::byte> /*probe*/, std::span<const std::byte> reply) { return reply.size() == 4; }

}  // namespace

extern const Plugin plugin{
    .name = "time", .title = "Time", .transports = {Transport::udp}, .load = load, .probe = probe, .answers = answers};

}  // namespace thence::time
