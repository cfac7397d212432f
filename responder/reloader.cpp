#include "responder/reloader.hpp"

#include "responder/log.hpp"
#include "responder/problem_log.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

using log::LogLevel;

void tell_what_waits(const config::Settings& served, const config::Settings& read) {
  const auto tell = [](std::string_view key) {
    log::write(LogLevel::warning, "takes effect at the next start", {{"key", std::string(key)}});
  };
  if (served.listeners != read.listeners) tell("listeners");
  if (served.workers != read.workers) tell("workers");
  if (served.tcp != read.tcp) tell("tcp");
  if (served.log != read.log) tell("log");
}

/// Makes each protocol once, and throws what that throws: on a worker it would be too late.
void try_out(const Snapshot& snapshot) {
  boost::asio::io_context context;
  const InterfaceTable interfaces;
  Counters counters;
  for (const auto& service : snapshot.services) service.make({context.get_executor(), interfaces, counters, nullptr});
}

}  // namespace

Reloader::Reloader(boost::asio::io_context& context, Snapshot snapshot, File file, Replace replace)
    : context_(context),
      file_(std::move(file)),
      replace_(std::move(replace)),
      served_(std::make_unique<Snapshot>(std::move(snapshot))) {}

void Reloader::reload() {
  again_ = busy_;
  if (std::exchange(busy_, true)) return;
  log::write(LogLevel::info, "reloading", {{"configuration", configuration_name(file_)}});
  began_ = std::chrono::steady_clock::now();
  boost::asio::post(thread_, [this] { load_beside(); });
}

void Reloader::load_beside() {
  Loaded result;
  try {
    auto snapshot = std::make_unique<Snapshot>(load(file_, served_.get()));
    try_out(*snapshot);
    result = std::move(snapshot);
  } catch (const std::exception& error) {  // all that is wrong with it, or no memory
    result = std::string(error.what());
  }
  boost::asio::post(context_, [this, result = std::move(result)]() mutable { loaded(std::move(result)); });
}

void Reloader::loaded(Loaded result) {
  if (const auto* const reasons = std::get_if<std::string>(&result)) {
    log::write_lines(*reasons);
    log::write(LogLevel::error, "reload refused, all stays as it was", {{"configuration", configuration_name(file_)}});
    return finish();
  }
  auto& snapshot = std::get<std::unique_ptr<Snapshot>>(result);
  log::write(snapshot->problems);
  tell_what_waits(served_->settings, snapshot->settings);
  // What takes effect at the next start only stays as it is.
  auto advertised = std::move(snapshot->settings.advertised);
  snapshot->settings = served_->settings;
  snapshot->settings.advertised = std::move(advertised);
  before_ = std::exchange(served_, std::move(snapshot));
  replace_(*served_, [this] { replaced(); });
}

void Reloader::replaced() {
  const auto refused = std::ranges::count_if(
      served_->problems, [](const auto& each) { return each.severity == config::Severity::partial; });
  const auto took = std::chrono::steady_clock::now() - began_;
  log::write(LogLevel::info, "reloaded",
             {{"configuration", configuration_name(file_)},
              {"milliseconds", std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(took).count())},
              {"mistakes", log::count(refused)}});
  boost::asio::post(thread_, [this, before = std::move(before_)]() mutable {
    before.reset();
    boost::asio::post(context_, [this] { finish(); });
  });
}

void Reloader::finish() {
  busy_ = false;
  if (std::exchange(again_, false)) reload();
}

}  // namespace thence
