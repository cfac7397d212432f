#pragma once

#include "responder/admin/http_get.hpp"

#include <filesystem>
#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// A client for the admin server of a Thence that runs on this host with a given configuration.
class AdminClient {
 public:
  /// Reads only the `admin:` section. @param file as for load()
  /// @throws config::Invalid when it is invalid; std::runtime_error when it says `off`
  explicit AdminClient(const std::optional<std::filesystem::path>& file);

  /// @throws std::runtime_error with a message for the user when there is no answer
  HttpAnswer get(const std::string& path) const;

 private:
  boost::asio::ip::tcp::endpoint server_;
};

}  // namespace thence::admin
