#pragma once

namespace thence {

/// The address families for which the system can create sockets: a kernel may lack one.
struct HostFamilies {
  bool ipv4 = true;
  bool ipv6 = true;
};

HostFamilies host_families() noexcept;

}  // namespace thence
