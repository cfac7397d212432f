#include "responder/dispatch/dispatch.hpp"

#include "protocols/endpoint_text.hpp"

namespace thence {

namespace {

using Action = Verdict::Action;

std::string_view name(Action action) noexcept {
  switch (action) {
    case Action::reply:
      return "reply";
    case Action::refuse:
      return "refuse";
    case Action::drop:
      return "drop";
    case Action::defer:
      return "defer";
  }
  return "?";
}

}  // namespace

const ServedProtocol* Dispatch::choose(const ServedProtocols& protocols, std::span<const std::byte> payload) noexcept {
  if (protocols.size() == 1) return protocols.front();
  for (const auto* const each : protocols) {
    if (each->protocol->claims(payload)) return each;
  }
  return nullptr;
}

Action Dispatch::respond(const ServedProtocol& served, const Request& request, Reply& reply, ReplyPath& path) {
  reply.path = &path;
  reply.protocol = served.number;
  const auto back = reply.route;
  const auto verdict = served.protocol->respond(request, reply);
  if (request.route.proxied) reply.route = back;
  ++verdict.outcome->value;
  const bool answered = verdict.action == Action::reply || verdict.action == Action::refuse;
  if (!answered) reply.size = 0;
  auto& traffic = traffic_->traffic(request.route, served.number);
  ++traffic.requests;
  if (answered) ++traffic.replies;
  if (verdict.action == Action::drop) ++traffic.dropped;
  if (log::enabled(log::LogLevel::debug)) {
    log(log::LogLevel::debug, "request", served, request, verdict, 0);
  } else if (verdict.action == Action::refuse || verdict.action == Action::drop) {
    if (const auto held_back = limit_.pass(); held_back >= 0) {
      log(log::LogLevel::info, "request refused", served, request, verdict, held_back);
    }
  }
  return verdict.action;
}

void Dispatch::log(log::LogLevel level, std::string_view message, const ServedProtocol& served, const Request& request,
                   const Verdict& verdict, std::int64_t held_back) const {
  const auto& route = request.route;
  log::write(level, message,
             {{"protocol", std::string(served.name)},
              {"asked", served.protocol->describe(request.payload)},
              {"peer", text(route.peer)},
              {"local", text(route.local)},
              {"interface", std::string(interfaces_->name(route.interface))},
              {"transport", std::string(name(route.transport))},
              {"verdict", std::string(name(verdict.action))},
              {"outcome", verdict.outcome->name},
              {"held-back", log::count(held_back)}});
}

void Dispatch::refused(const Route& route, std::string_view cause, Counter& counter) {
  ++counter.value;
  ++traffic_->dropped(route);
  const auto held_back = log::enabled(log::LogLevel::debug) ? 0 : limit_.pass();
  if (held_back < 0) return;
  log::write(log::LogLevel::info, "request refused",
             {{"peer", text(route.peer)},
              {"local", text(route.local)},
              {"interface", std::string(interfaces_->name(route.interface))},
              {"transport", std::string(name(route.transport))},
              {"cause", std::string(cause)},
              {"held-back", log::count(held_back)}});
}

}  // namespace thence
