#include "responder/admin/admin_client.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/configuration/snapshot.hpp"

#include <stdexcept>

namespace thence::admin {

namespace {

namespace ip = boost::asio::ip;
using ip::tcp;

constexpr std::chrono::seconds patience(5);

/// A server on the wildcard address is reached through loopback.
tcp::endpoint reachable(const tcp::endpoint& listening) {
  if (!listening.address().is_unspecified()) return listening;
  if (listening.address().is_v4()) return {ip::address_v4::loopback(), listening.port()};
  return {ip::address_v6::loopback(), listening.port()};
}

}  // namespace

AdminClient::AdminClient(const std::optional<std::filesystem::path>& file) {
  const auto admin = load_admin(file);
  if (!admin.listen) {
    throw std::runtime_error("admin.listen is off in " + configuration_name(file) +
                             ", so the running server cannot be asked");
  }
  server_ = reachable(*admin.listen);
}

HttpAnswer AdminClient::get(const std::string& path) const try {
  return admin::get(server_, path, patience);
} catch (const boost::system::system_error& error) {
  throw std::runtime_error("no answer from a server at " + text({server_.address(), server_.port()}) +
                           ", where admin.listen says it is: " + error.code().message());
}

}  // namespace thence::admin
