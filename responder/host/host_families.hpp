#pragma once

namespace thence {

/// The address families that the system can make sockets of: a kernel may lack one.
struct HostFamilies {
  bool ipv4 = true;
  bool ipv6 = true;
};

HostFamilies host_families() noexcept;

}  // namespace thence
