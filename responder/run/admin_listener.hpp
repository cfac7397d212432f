#pragma once

#include "config/settings.hpp"
#include "responder/admin/admin.hpp"

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

namespace thence {

/// The admin server at its configured endpoint. A new endpoint is opened beside the old one, so that a refused reload
/// changes nothing.
class AdminListener {
 public:
  /// @param context must run on the thread that calls the member functions
  AdminListener(boost::asio::io_context& context, Admin::Gather gather);

  /// A server that listens but is not in use yet. Either take() it, or drop it and nothing has changed.
  struct Prepared {
    bool stays = false;             ///< the server in use already listens there
    std::unique_ptr<Admin> opened;  ///< otherwise; null if the server is to be off
    std::string refusal{};          ///< why it could not be opened; empty if it could
  };

  /// Opens the server that is wanted and not open yet.
  Prepared prepare(const config::Admin& settings);
  /// @param prepared must have no refusal
  void take(Prepared prepared);

  /// Whether it is wanted but could not be opened.
  bool missing(const config::Admin& settings) const noexcept { return settings.listen && !admin_; }
  /// Tries to open a missing server; logs the error if it differs from the last one.
  void try_again(const config::Admin& settings);

 private:
  boost::asio::io_context& context_;
  Admin::Gather gather_;
  std::string refusal_;  // as last logged
  std::unique_ptr<Admin> admin_;
};

}  // namespace thence
