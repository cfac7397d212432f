#include "protocols/toy/plugin.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <sstream>

#include <boost/asio/steady_timer.hpp>

namespace thence::toy {

namespace {

using Action = Verdict::Action;

constexpr std::string_view greeting = "toy ";

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// The number behind a word, if it is that word.
std::optional<std::uint16_t> argument(std::string_view line, std::string_view word) {
  if (!line.starts_with(word)) return std::nullopt;
  std::uint16_t value = 0;
  const auto digits = line.substr(word.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

class Toy final : public Protocol {
 public:
  Toy(Host& host, std::string unknown)
      : host_(&host),
        unknown_(std::move(unknown)),
        answered_(host.counters()["answered"]),
        deferred_(host.counters()["deferred"]),
        puzzled_(host.counters()["puzzled"]) {}

  bool claims(std::span<const std::byte> payload) const noexcept override {
    return text_of(payload).starts_with(greeting);
  }

  Framing framing(Transport /*transport*/) const noexcept override { return Framing::length_prefixed; }

  std::optional<std::size_t> frame(Transport transport, std::span<const std::byte> stream) const noexcept override {
    const auto prefix = prefix_size(framing(transport));
    if (stream.size() < prefix + greeting.size()) return std::nullopt;
    if (!text_of(stream.subspan(prefix)).starts_with(greeting)) return 0;
    return prefix + std::to_integer<std::size_t>(stream[0]) * 256 + std::to_integer<std::size_t>(stream[1]);
  }

  std::string describe(std::span<const std::byte> payload) const override {
    return std::string(text_of(payload).substr(0, 80));
  }

  Verdict respond(const Request& request, Reply& reply) noexcept override {
    auto line = text_of(request.payload);
    if (!line.starts_with(greeting)) return {Action::drop, &puzzled_};
    line.remove_prefix(greeting.size());
    if (line == "where") {
      std::ostringstream where;
      where << request.route.peer << ' ' << request.route.local << ' '
            << host_->interfaces().name(request.route.interface);
      return say(where.str(), reply, answered_);
    }
    if (const auto port = argument(line, "from ")) {
      reply.route.local.port(*port);
      return say("here", reply, answered_);
    }
    if (line == "at once") {
      reply.defer().send(bytes_of("now"));
      return {Action::defer, &deferred_};
    }
    if (line == "never") {
      reply.defer();
      return {Action::defer, &deferred_};
    }
    if (const auto milliseconds = argument(line, "later ")) {
      const auto timer = std::make_shared<boost::asio::steady_timer>(host_->executor());
      timer->expires_after(std::chrono::milliseconds(*milliseconds));
      // Not through this toy, which may have been replaced by then.
      timer->async_wait([timer, deferral = reply.defer()](boost::system::error_code error) mutable {
        if (!error) deferral.send(bytes_of("now"));
      });
      return {Action::defer, &deferred_};
    }
    return say(unknown_, reply, puzzled_);
  }

 private:
  static Verdict say(std::string_view text, Reply& reply, Counter& outcome) {
    reply.size = std::min(text.size(), reply.buffer.size());
    std::memcpy(reply.buffer.data(), text.data(), reply.size);
    return {Action::reply, &outcome};
  }

  Host* host_;
  std::string unknown_;
  Counter& answered_;
  Counter& deferred_;
  Counter& puzzled_;
};

class ToyService final : public Service {
 public:
  explicit ToyService(std::string unknown) : unknown_(std::move(unknown)) {}

  std::unique_ptr<Protocol> make(Host& host) const override { return std::make_unique<Toy>(host, unknown_); }
  std::string example(const Endpoint& at, Transport transport) const override {
    return std::string("echo toy where | nc ") + (is_datagram(transport) ? "-u " : "") + at.address().to_string() +
           ' ' + std::to_string(at.port());
  }

 private:
  std::string unknown_;
};

}  // namespace

std::shared_ptr<const Service> load(const config::Cursor& section, const Service* /*before*/) {
  auto map = section.map();
  auto unknown = map["unknown"].string("what?");
  map.close();
  return std::make_shared<const ToyService>(std::move(unknown));
}

std::vector<std::byte> probe(std::uint64_t nonce) {
  const auto line = "toy " + std::to_string(nonce);
  const auto bytes = bytes_of(line);
  return {bytes.begin(), bytes.end()};
}

bool answers(std::span<const std::byte>, std::span<const std::byte> message) { return !message.empty(); }

const Plugin plugin{.name = "toy",
                    .title = "Toy",
                    .transports = {Transport::udp, Transport::tcp},
                    .load = load,
                    .probe = probe,
                    .answers = answers};

}  // namespace thence::toy
