#pragma once

#include "protocols/interface_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

namespace thence {

/// The host's interfaces as the system reports them. Each system has its own source file, host_interfaces_SYSTEM.cpp.
class HostInterfaces {
 public:
  /// Starts watching for changes.
  /// @throws boost::system::system_error
  explicit HostInterfaces(boost::asio::io_context& context);
  ~HostInterfaces();
  HostInterfaces(const HostInterfaces&) = delete;
  HostInterfaces& operator=(const HostInterfaces&) = delete;

  /// Reads all interfaces as they are now.
  /// @throws boost::system::system_error; `interrupted` if the host changes too fast for a consistent reading
  InterfaceTable read();

  /// Calls back once, on the context's thread, when something may have changed or a notification may have been lost.
  void wait(std::function<void()> changed);

 private:
  struct System;
  std::unique_ptr<System> system_;
};

/// Reads the host's interfaces as they are now.
/// @throws as HostInterfaces::read
InterfaceTable read_interfaces();

/// @return the index of the interface with that name; 0 if there is none
std::uint32_t interface_index(const std::string& name) noexcept;

}  // namespace thence
