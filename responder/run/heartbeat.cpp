#include "responder/run/heartbeat.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

namespace thence {

namespace {

/// A batch takes microseconds, so a worker that has not responded for this long is stuck.
constexpr std::chrono::seconds patience{5};

}  // namespace

Heartbeat::Heartbeat(boost::asio::io_context& context, std::vector<boost::asio::any_io_executor> workers,
                     std::chrono::microseconds interval, std::function<void()> beat)
    : context_(context), interval_(interval), beat_(std::move(beat)), timer_(context) {
  for (auto& each : workers) workers_.push_back({std::move(each), {}, false});
}

bool Heartbeat::live() const noexcept {
  const auto now = Clock::now();
  return std::ranges::none_of(workers_,
                              [&](const Worker& each) { return each.waiting && now - each.asked > patience; });
}

void Heartbeat::wait() {
  for (auto& worker : workers_) ask(worker);
  beat_();
  timer_.expires_after(interval_);
  timer_.async_wait([this](boost::system::error_code error) {
    if (!error) wait();
  });
}

void Heartbeat::ask(Worker& worker) {
  if (std::exchange(worker.waiting, true)) return;
  worker.asked = Clock::now();
  boost::asio::post(worker.executor,
                    [this, &worker] { boost::asio::post(context_, [&worker] { worker.waiting = false; }); });
}

}  // namespace thence
