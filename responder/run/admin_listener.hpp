#pragma once

#include "config/settings.hpp"
#include "responder/admin/admin.hpp"

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

namespace thence {

/// The admin server at the place where the settings want it. Another place is opened beside it, so that a reload which
/// is refused has changed nothing.
class AdminListener {
 public:
  /// @param context runs on the thread that calls all of this
  AdminListener(boost::asio::io_context& context, Admin::Gather gather);

  /// A server that listens but is not in use yet: either take() it, or let go of it, and nothing has changed.
  struct Prepared {
    bool stays = false;             ///< the one in use listens there already
    std::unique_ptr<Admin> opened;  ///< otherwise; none where it is to be off
    std::string refusal{};          ///< why it cannot be had, where it cannot
  };

  /// Opens what is wanted now and is not open yet.
  Prepared prepare(const config::Admin& settings);
  /// @param prepared without a refusal
  void take(Prepared prepared);

  /// Whether it is wanted and could not be had.
  bool missing(const config::Admin& settings) const noexcept { return settings.listen && !admin_; }
  /// Tries to have what is missing; what stands in its way is logged where that has changed.
  void try_again(const config::Admin& settings);

 private:
  boost::asio::io_context& context_;
  Admin::Gather gather_;
  std::string refusal_;  // as it was logged last
  std::unique_ptr<Admin> admin_;
};

}  // namespace thence
