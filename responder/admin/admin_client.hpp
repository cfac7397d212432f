#pragma once

#include "responder/admin/http_get.hpp"

#include <filesystem>
#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace thence::admin {

/// The way to a server that runs on this host with a configuration.
class AdminClient {
 public:
  /// Reads the `admin:` section alone. @param file as for load()
  /// @throws config::Invalid when it is wrong; std::runtime_error when it says `off`
  explicit AdminClient(const std::optional<std::filesystem::path>& file);

  /// @throws std::runtime_error with words for its user where there is no answer
  HttpAnswer get(const std::string& path) const;

 private:
  boost::asio::ip::tcp::endpoint server_;
};

}  // namespace thence::admin
