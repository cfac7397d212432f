#include "responder/run/admin_listener.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/host/descriptors.hpp"
#include "responder/log/log.hpp"

#include <algorithm>
#include <utility>

namespace thence {

namespace {

/// The rest of the reserve is for reloads.
admin::HttpLimits within_the_reserve() {
  admin::HttpLimits limits;
  limits.connections = std::clamp<std::size_t>(descriptors::reserve() / 2, 2, limits.connections);
  return limits;
}

std::string place(const boost::asio::ip::tcp::endpoint& endpoint) {
  return text(Endpoint(endpoint.address(), endpoint.port()));
}

}  // namespace

AdminListener::AdminListener(boost::asio::io_context& context, Admin::Gather gather)
    : context_(context), gather_(std::move(gather)) {}

AdminListener::Prepared AdminListener::prepare(const config::Admin& settings) {
  if (!settings.listen) return {};
  // If only `public` has changed, it already listens there.
  if (admin_ && admin_->endpoint() == *settings.listen) return {true, nullptr};
  try {
    return {false, std::make_unique<Admin>(context_, *settings.listen, gather_, within_the_reserve(), admin_.get())};
  } catch (const boost::system::system_error& error) {
    return {false, nullptr,
            "admin.listen: cannot listen on " + place(*settings.listen) + ": " + error.code().message()};
  }
}

void AdminListener::take(Prepared prepared) {
  refusal_.clear();
  if (prepared.stays) return;
  admin_ = std::move(prepared.opened);
  if (!admin_) return;
  log::write(log::LogLevel::info, "metrics, health and status page",
             {{"url", "http://" + place(admin_->endpoint()) + '/'}});
}

void AdminListener::try_again(const config::Admin& settings) {
  if (!missing(settings)) return;
  auto prepared = prepare(settings);
  if (prepared.refusal.empty()) return take(std::move(prepared));
  if (prepared.refusal != refusal_) log::write(log::LogLevel::error, prepared.refusal);
  refusal_ = std::move(prepared.refusal);
}

}  // namespace thence
