#include "responder/admin/http_host.hpp"

#include <algorithm>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace thence::admin {

namespace {

/// The host without the port; an IPv6 address without brackets.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

bool names_no_stranger(std::string_view host) {
  std::string name(without_port(host));
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  if (!error) return true;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char each) { return each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each; });
  return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace thence::admin
