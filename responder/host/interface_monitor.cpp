#include "responder/host/interface_monitor.hpp"

#include <chrono>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace thence {

namespace {

constexpr std::chrono::milliseconds after_interruptions{20};
constexpr std::chrono::milliseconds after_failure{1000};

}  // namespace

InterfaceMonitor::InterfaceMonitor(boost::asio::io_context& context, Changed changed)
    : host_(context), retry_(context), changed_(std::move(changed)), table_(host_.read()) {
  wait();
}

void InterfaceMonitor::wait() {
  host_.wait([this] {
    refresh();
    wait();
  });
}

void InterfaceMonitor::refresh() {
  try {
    auto now = host_.read();
    if (now == table_) return;
    table_ = std::move(now);
  } catch (const boost::system::system_error& failure) {
    const bool changes = failure.code() == boost::asio::error::interrupted;
    if (const auto held_back = changes ? -1 : limit_.pass(); held_back >= 0) {
      log::write(log::LogLevel::error, "interfaces cannot be read",
                 {{"error", failure.what()}, {"held-back", log::count(held_back)}});
    }
    retry_.expires_after(changes ? after_interruptions : after_failure);
    retry_.async_wait([this](boost::system::error_code error) {
      if (!error) refresh();
    });
    return;
  }
  changed_(table_);
}

}  // namespace thence
