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
  Toy(const Environment& environment, std::string unknown)
      : environment_(environment),
        unknown_(std::move(unknown)),
        answered_(environment.counters["answered"]),
        deferred_(environment.counters["deferred"]),
        puzzled_(environment.counters["puzzled"]) {}

  bool claims(std::span<const std::byte> payload) const noexcept override {
    return text_of(payload).starts_with(greeting);
  }

  std::optional<Frame> frame(std::span<const std::byte> stream) const noexcept override {
    if (text_of(stream.subspan(2)).substr(0, greeting.size()) != greeting) return Frame{};
    return Frame{2, std::to_integer<std::size_t>(stream[0]) * 256 + std::to_integer<std::size_t>(stream[1])};
  }

  Verdict respond(const Request& request, Reply& reply) noexcept override {
    auto line = text_of(request.payload);
    if (!line.starts_with(greeting)) return {Action::drop, &puzzled_};
    line.remove_prefix(greeting.size());
    if (line == "where") {
      std::ostringstream where;
      where << request.route.peer << ' ' << request.route.local << ' '
            << environment_.interfaces.name(request.route.interface);
      return say(where.str(), reply, answered_);
    }
    if (const auto port = argument(line, "from ")) {
      reply.route.local.port(*port);
      return say("here", reply, answered_);
    }
    if (line == "at once") {
      environment_.send(request.route, bytes_of("now"));
      return {Action::defer, &deferred_};
    }
    if (const auto milliseconds = argument(line, "later ")) {
      const auto timer = std::make_shared<boost::asio::steady_timer>(environment_.executor);
      timer->expires_after(std::chrono::milliseconds(*milliseconds));
      // Not through this toy, which may have been replaced by then.
      timer->async_wait([send = environment_.send, timer, route = request.route](boost::system::error_code error) {
        if (!error) send(route, bytes_of("now"));
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

  Environment environment_;
  std::string unknown_;
  Counter& answered_;
  Counter& deferred_;
  Counter& puzzled_;
};

}  // namespace

Service load(const config::Cursor& section) {
  auto map = section.map();
  auto unknown = map["unknown"].string("what?");
  map.close();
  return {[unknown](const Environment& environment) { return std::make_unique<Toy>(environment, unknown); },
          [](const Endpoint& endpoint, Transport transport) {
            return std::string("echo toy where | nc ") + (transport == Transport::udp ? "-u " : "") +
                   endpoint.address().to_string() + ' ' + std::to_string(endpoint.port());
          },
          load};
}

std::vector<std::byte> probe(std::uint64_t nonce) {
  const auto line = "toy " + std::to_string(nonce);
  const auto bytes = bytes_of(line);
  return {bytes.begin(), bytes.end()};
}

bool answers(std::span<const std::byte>, std::span<const std::byte> message) { return !message.empty(); }

}  // namespace thence::toy
