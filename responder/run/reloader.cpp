#include "responder/run/reloader.hpp"

#include "responder/host/service_manager.hpp"
#include "responder/log/log.hpp"
#include "responder/log/problem_log.hpp"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include <boost/algorithm/string/split.hpp>
#include <boost/asio/post.hpp>

namespace thence {

namespace {

using log::LogLevel;

/// Keys whose new values only take effect at the next start.
std::vector<std::string_view> what_waits(const config::Settings& served, const config::Settings& read) {
  std::vector<std::string_view> keys;
  if (served.workers != read.workers) keys.emplace_back("workers");
  if (served.user != read.user) keys.emplace_back("user");
  return keys;
}

/// Lines kept of a configuration's problems; the log has them all.
constexpr std::size_t most_words = 100;

/// What the second of several reloads that replace each other may take; each further one may take twice as long.
constexpr std::chrono::seconds least_granted{1};

/// Makes each protocol once so that any exception is thrown here; on a worker it would be too late to refuse.
void try_out(const Snapshot& snapshot) {
  LoneHost host;
  host.advertised_addresses = snapshot.settings.advertised;
  for (const auto& service : snapshot.services) service->make(host);
}

}  // namespace

Reloader::Reloader(boost::asio::io_context& context, Snapshot snapshot, File file, Replace replace)
    : context_(context),
      give_way_(context),
      file_(std::move(file)),
      replace_(std::move(replace)),
      served_(std::make_unique<Snapshot>(std::move(snapshot))) {}

void Reloader::reload() {
  if (ended_) return;
  ++reloads_.asked;
  if (!reloads_.busy) return begin();
  again_ = true;
  if (loading_) give_way();
}

void Reloader::begin() {
  reloads_.busy = true;
  service_manager::reloading();
  // A file that appears is taken; from then on it must not vanish.
  file_ = chosen_configuration(file_);
  log::write(LogLevel::info, "reloading", {{"configuration", configuration_name(file_)}});
  began_ = std::chrono::steady_clock::now();
  loading_ = true;
  stop_ = std::stop_source();
  boost::asio::post(thread_, [this, file = file_, stop = stop_.get_token()] { load_beside(file, stop); });
}

void Reloader::give_way() {
  give_way_.expires_at(began_ + granted_);
  give_way_.async_wait([stop = stop_](boost::system::error_code error) mutable {
    if (!error) stop.request_stop();
  });
}

void Reloader::end() {
  ended_ = true;
  stop_.request_stop();
}

void Reloader::load_beside(const File& file, const std::stop_token& stop) {
  Loaded result;
  try {
    auto document = read_configuration(file, config::Document::Source::regular);
    document.stop = stop;
    auto snapshot = std::make_unique<Snapshot>(load(document, served_.get()));
    try_out(*snapshot);
    result = std::move(snapshot);
  } catch (const std::exception& error) {  // an invalid configuration, or out of memory
    result = std::string(error.what());
  }
  boost::asio::post(context_, [this, result = std::move(result)]() mutable { loaded(std::move(result)); });
}

void Reloader::loaded(Loaded result) {
  loading_ = false;
  give_way_.cancel();
  // What was being read when it was given up is incomplete.
  if (ended_ || stop_.stop_requested()) {
    if (auto* const snapshot = std::get_if<std::unique_ptr<Snapshot>>(&result)) before_ = std::move(*snapshot);
    return ended_ ? give_up() : replaced_by_newer();
  }
  if (const auto* const reasons = std::get_if<std::string>(&result)) return refuse(*reasons);
  auto& snapshot = std::get<std::unique_ptr<Snapshot>>(result);
  const auto waiting = what_waits(served_->settings, snapshot->settings);
  snapshot->settings.workers = served_->settings.workers;
  snapshot->settings.user = served_->settings.user;
  std::string reasons;
  for (const auto& each : replace_(*snapshot, [this] { replaced(); })) reasons += (reasons.empty() ? "" : "\n") + each;
  if (!reasons.empty()) {
    before_ = std::move(snapshot);
    return refuse(reasons);
  }
  before_ = std::exchange(served_, std::move(snapshot));
  // Logged only now that the snapshot is in service.
  log::write(served_->problems);
  for (const auto key : waiting) log::write(LogLevel::warning, "takes effect at the next start", {{"key", key}});
}

void Reloader::refuse(const std::string& reasons) {
  log::write_lines(reasons);
  log::write(LogLevel::error, "reload refused, all stays as it was", {{"configuration", configuration_name(file_)}});
  stay(reasons);
}

void Reloader::give_up() {
  log::write(LogLevel::warning, "reload given up, as the server ends", {{"configuration", configuration_name(file_)}});
  stay("the server ends");
}

void Reloader::replaced_by_newer() {
  log::write(LogLevel::info, "reload given up for a newer one", {{"configuration", configuration_name(file_)}});
  granted_ = std::max<std::chrono::steady_clock::duration>(least_granted, 2 * granted_);
  free_before();
}

void Reloader::stay(const std::string& words) {
  ++reloads_.refused;
  reloads_.last_refused = true;
  granted_ = {};
  reloads_.words.clear();
  boost::algorithm::split(reloads_.words, words, [](char each) { return each == '\n'; });
  if (reloads_.words.size() > most_words) reloads_.words.resize(most_words);
  free_before();
}

void Reloader::replaced() {
  const auto refused = std::ranges::count_if(
      served_->problems, [](const auto& each) { return each.severity == config::Severity::partial; });
  const auto took = std::chrono::steady_clock::now() - began_;
  log::write(LogLevel::info, "reloaded",
             {{"configuration", configuration_name(file_)},
              {"milliseconds", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()},
              {"mistakes", log::count(refused)}});
  reloads_.last_refused = false;
  granted_ = {};
  reloads_.words.clear();
  for (const auto& each : served_->problems) {
    if (reloads_.words.size() < most_words) reloads_.words.push_back(each.text());
  }
  free_before();
}

void Reloader::free_before() {
  boost::asio::post(thread_, [this, before = std::move(before_)]() mutable {
    before.reset();
    boost::asio::post(context_, [this] { finish(); });
  });
}

void Reloader::finish() {
  // One that a newer one has replaced has no end of its own.
  if (!stop_.stop_requested() || ended_) ++reloads_.done;
  reloads_.busy = false;
  if (std::exchange(again_, false) && !ended_) return begin();
  // Once stopping() has been sent, the service manager must not be sent ready().
  if (!ended_) service_manager::ready();
}

}  // namespace thence
