#include "responder/host/signals.hpp"

#include <algorithm>
#include <array>
#include <csignal>

namespace thence {

namespace {

struct Known {
  int number;
  std::string_view name;
};

// Indexed by Signal.
constexpr std::array<Known, 4> known{
    {{SIGINT, "SIGINT"}, {SIGTERM, "SIGTERM"}, {SIGHUP, "SIGHUP"}, {SIGUSR1, "SIGUSR1"}}};

constexpr const Known& known_as(Signal signal) noexcept { return known[static_cast<std::size_t>(signal)]; }

// Indexed by signal number; those in `known` are below 32.
std::array<volatile std::sig_atomic_t, 32> come{};

}  // namespace

std::string_view name(Signal signal) noexcept { return known_as(signal).name; }

void ignore(Signal signal) noexcept { std::signal(known_as(signal).number, SIG_IGN); }

void keep_in_mind(Signal signal) noexcept {
  std::signal(known_as(signal).number, [](int number) { come[static_cast<std::size_t>(number)] = 1; });
}

bool has_come(Signal signal) noexcept { return come[static_cast<std::size_t>(known_as(signal).number)] != 0; }

void survive_closed_pipes() noexcept { std::signal(SIGPIPE, SIG_IGN); }

Signals::Signals(boost::asio::io_context& context, std::initializer_list<Signal> awaited) : set_(context) {
  for (const auto each : awaited) set_.add(known_as(each).number);
}

Signal Signals::signal_of(int number) noexcept {
  const auto found = std::ranges::find(known, number, &Known::number);
  return static_cast<Signal>(found - known.begin());
}

}  // namespace thence
