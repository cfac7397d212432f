#pragma once

#include "responder/configuration/snapshot.hpp"
#include "responder/dispatch/status.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace thence {

/// Holds the snapshot that is served, and puts another in its place when the configuration is to be read again. What
/// takes long, which is loading the new data and freeing the old, is done on a thread of its own, one after the other.
class Reloader {
 public:
  using File = std::optional<std::filesystem::path>;
  /// Brings a snapshot to all who serve, and calls `done` on the context's thread when none of them uses the services
  /// before any more.
  /// @return why it cannot be served, a line each; then nothing has changed, and `done` is never called
  using Replace = std::function<std::vector<std::string>(const Snapshot& snapshot, std::function<void()> done)>;
  using Reloads = Status::Reloads;

  /// @param context runs on the thread that calls all of this
  /// @param file as for load()
  Reloader(boost::asio::io_context& context, Snapshot snapshot, File file, Replace replace);

  const Snapshot& served() const noexcept { return *served_; }

  /// Reads the configuration again. While that is done already, it is done once more afterwards, as the files may have
  /// changed behind it. The log says what comes of it.
  void reload();

  /// From now on nothing takes the place of what is served. A reload that is under way changes nothing any more, and
  /// the log says so.
  void end() noexcept { ended_ = true; }

  /// Whether the thread of its own is at work. A destructor would wait for it.
  bool busy() const noexcept { return reloads_.busy; }

  /// The file's name, or words for the embedded default.
  std::string configuration() const { return configuration_name(file_); }

  /// What has come of all reloads so far.
  const Reloads& reloads() const noexcept { return reloads_; }

 private:
  /// A snapshot, or why there is none.
  using Loaded = std::variant<std::unique_ptr<Snapshot>, std::string>;

  void load_beside();
  void loaded(Loaded result);
  void refuse(const std::string& reasons);
  void give_up();
  /// @param words why what is served has stayed as it was, a line each
  void stay(const std::string& words);
  void replaced();
  void free_before();
  void finish();

  boost::asio::io_context& context_;
  File file_;
  Replace replace_;
  std::unique_ptr<Snapshot> served_;
  std::unique_ptr<Snapshot> before_;  ///< while somebody may still use it
  std::chrono::steady_clock::time_point began_;
  Reloads reloads_;
  bool again_ = false;
  bool ended_ = false;
  boost::asio::thread_pool thread_{1};
};

}  // namespace thence
