#include "responder/admin/admin.hpp"

#include "config/utf8.hpp"
#include "responder/admin/metrics.hpp"
#include "responder/admin/page.hpp"
#include "responder/admin/status_json.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <string_view>
#include <utility>

namespace thence {

namespace {

using admin::HttpRequest;
using admin::HttpResponse;

/// Statuses that were given up still wait for the workers, so their number needs its own limit.
constexpr std::size_t most_pending = 64;

HttpResponse live(const Status& status, const HttpRequest&) {
  if (status.live) return {200, "live\n"};
  return {503, "a worker has not answered lately\n"};
}

HttpResponse ready(const Status& status, const HttpRequest&) {
  if (status.ready) return {200, "ready\n"};
  std::string reasons;
  for (const auto& each : status.not_ready) reasons += config::utf8(each) + '\n';
  return {503, reasons.empty() ? "not ready\n" : reasons};
}

HttpResponse metrics(const Status& status, const HttpRequest&) {
  // Partial sums would look like a counter reset.
  if (!status.complete) return {503, "a worker does not answer\n"};
  return {200, admin::metrics(status), admin::metrics_type};
}

HttpResponse status_json(const Status& status, const HttpRequest& request) {
  return {200, admin::status_json(status, request.peer), "application/json"};
}

HttpResponse page(const Status& status, const HttpRequest& request) {
  return {200, admin::page(status, request.peer), "text/html; charset=utf-8", admin::page_policy()};
}

struct Resource {
  std::string_view path;
  HttpResponse (*make)(const Status&, const HttpRequest&);
};

constexpr std::array resources{
    Resource{"/", page},
    Resource{"/status.json", status_json},
    Resource{"/metrics", metrics},
    Resource{"/health/live", live},
    Resource{"/health/ready", ready},
};

HttpResponse not_found() {
  std::string hint = "not found; what is here:\n";
  for (const auto& each : resources) hint.append(each.path).append("\n");
  return {404, hint};
}

HttpResponse made(const Resource& resource, const Status& status, const HttpRequest& request) try {
  return resource.make(status, request);
} catch (const std::exception& error) {  // out of memory, for example: no reason to end the server
  return {500, std::string(error.what()) + '\n'};
}

}  // namespace

Admin::Admin(boost::asio::io_context& context, const boost::asio::ip::tcp::endpoint& endpoint, Gather gather,
             const admin::HttpLimits& limits, Admin* beside)
    : gather_(std::move(gather)),
      pending_(std::make_shared<std::atomic<std::size_t>>(0)),
      server_(
          context, endpoint,
          [this](const HttpRequest& request, std::function<void(HttpResponse)> done) {
            answer(request, std::move(done));
          },
          limits, beside == nullptr ? nullptr : &beside->server_) {}

void Admin::answer(const HttpRequest& request, std::function<void(HttpResponse)> done) {
  const auto* const resource =
      std::ranges::find(resources, std::string_view(request.path), [](const Resource& each) { return each.path; });
  if (resource == resources.end()) return done(not_found());
  if (*pending_ >= most_pending) return done({503, "the workers do not answer\n"});
  ++*pending_;
  // Counts down even if the callback is never called, as when a worker is gone.
  const std::shared_ptr<void> counted(nullptr, [pending = pending_](void*) { --*pending; });
  gather_([counted, resource, request, done = std::move(done)](const Status& status) {
    done(made(*resource, status, request));
  });
}

}  // namespace thence
