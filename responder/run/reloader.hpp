#pragma once

#include "responder/configuration/snapshot.hpp"
#include "responder/dispatch/status.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

namespace thence {

/// Holds the snapshot being served, and replaces it when the configuration is reloaded. The slow steps, loading the new
/// data and freeing the old, run one at a time on a separate thread, for which the destructor waits.
class Reloader {
 public:
  using File = std::optional<std::filesystem::path>;
  /// Puts a snapshot into service, and calls `done` on the context's thread once nothing uses the old services any
  /// more.
  /// @return why it cannot be served, line by line; if not empty, nothing has changed and `done` is never called
  using Replace = std::function<std::vector<std::string>(const Snapshot& snapshot, std::function<void()> done)>;
  using Reloads = Status::Reloads;

  /// @param context must run on the thread that calls the member functions
  /// @param file from which the snapshot was loaded, as chosen by chosen_configuration()
  Reloader(boost::asio::io_context& context, Snapshot snapshot, File file, Replace replace);

  const Snapshot& served() const noexcept { return *served_; }

  /// Reloads the configuration. If a reload is already running, another one follows it, as the files may have changed
  /// in the meantime; one that is still reading is given up for it. Each that is given up has the next one be given
  /// more time, so that reloads come to an end however often they are asked for. The result is logged.
  void reload();

  /// From now on the served snapshot is not replaced. A reload in progress has no effect, and the log says so.
  void end();

  /// The file's name, or a description of the embedded default.
  std::string configuration() const { return configuration_name(file_); }

  /// The outcome of all reloads so far.
  const Reloads& reloads() const noexcept { return reloads_; }

 private:
  /// A snapshot, or why it could not be loaded.
  using Loaded = std::variant<std::unique_ptr<Snapshot>, std::string>;

  void begin();
  void give_way();
  void load_beside(const File& file, const std::stop_token& stop);
  void loaded(Loaded result);
  void refuse(const std::string& reasons);
  void give_up();
  void replaced_by_newer();
  /// @param words why the old snapshot stays in service, line by line
  void stay(const std::string& words);
  void replaced();
  void free_before();
  void finish();

  boost::asio::io_context& context_;
  boost::asio::steady_timer give_way_;
  File file_;
  Replace replace_;
  std::unique_ptr<Snapshot> served_;
  std::unique_ptr<Snapshot> before_;  ///< the old one, while it may still be in use
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::duration granted_{};  ///< time to load that a newer reload must leave the present one
  std::stop_source stop_;                          ///< of the present or the last one
  Reloads reloads_;
  bool loading_ = false;
  bool again_ = false;
  bool ended_ = false;
  boost::asio::thread_pool thread_{1};
};

}  // namespace thence
