#include "responder/host/privileges.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <cap-ng.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace thence::privileges {

namespace {

constexpr auto held = static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED);

bool has(unsigned capability) { return capng_have_capability(CAPNG_PERMITTED, capability) != 0; }

void keep(unsigned capability) { capng_update(CAPNG_ADD, held, capability); }

/// Lower ports need CAP_NET_BIND_SERVICE.
unsigned first_free_port() {
  unsigned port = 1024;
  std::ifstream("/proc/sys/net/ipv4/ip_unprivileged_port_start") >> port;
  return port;
}

}  // namespace

void become(const std::string& user) {
  const auto* const found = ::getpwnam(user.c_str());
  if (found == nullptr) throw std::runtime_error("user: there is no user '" + user + "' on this host");
  if (::geteuid() == found->pw_uid) return;
  if (::geteuid() != 0) throw std::runtime_error("user: only root can become '" + user + "'");
  capng_get_caps_process();
  const bool bind = has(CAP_NET_BIND_SERVICE);
  const bool raw = has(CAP_NET_RAW);
  const bool admin = has(CAP_NET_ADMIN);
  capng_clear(CAPNG_SELECT_BOTH);
  if (bind) keep(CAP_NET_BIND_SERVICE);
  if (raw) keep(CAP_NET_RAW);
  if (admin) keep(CAP_NET_ADMIN);
  if (const int failed = capng_change_id(static_cast<int>(found->pw_uid), static_cast<int>(found->pw_gid),
                                         static_cast<capng_flags_t>(CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING));
      failed != 0) {
    throw std::runtime_error("user: cannot become '" + user + "' (capng_change_id: " + std::to_string(failed) +
                             "); CAP_SETUID, CAP_SETGID and CAP_SETPCAP are needed");
  }
}

void keep_what_is_needed(const config::Settings& settings) {
  capng_get_caps_process();
  const auto free_port = first_free_port();
  const auto& admin_at = settings.admin.listen;
  const bool low_port =
      (admin_at && admin_at->port() < free_port) ||
      std::ranges::any_of(settings.listeners, [&](const auto& each) { return each.port < free_port; });
  const bool bind = low_port && has(CAP_NET_BIND_SERVICE);
  const bool transparent = std::ranges::any_of(settings.listeners, &config::Listener::transparent);
  const bool raw = transparent && has(CAP_NET_RAW);
  const bool admin = transparent && !raw && has(CAP_NET_ADMIN);
  const bool read = ::geteuid() == 0 && has(CAP_DAC_READ_SEARCH);
  capng_clear(CAPNG_SELECT_CAPS);
  if (bind) keep(CAP_NET_BIND_SERVICE);
  if (raw) keep(CAP_NET_RAW);
  if (admin) keep(CAP_NET_ADMIN);
  if (read) keep(CAP_DAC_READ_SEARCH);
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) {
    throw std::runtime_error(std::string("cannot drop capabilities: ") + std::strerror(errno));
  }
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

}  // namespace thence::privileges
