#pragma once

#include "protocols/interface_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

namespace thence {

/// The interfaces of the host as the system tells them. Each system has a source file of its own,
/// host_interfaces_SYSTEM.cpp.
class HostInterfaces {
 public:
  /// Changes are noticed from here on.
  /// @throws boost::system::system_error
  explicit HostInterfaces(boost::asio::io_context& context);
  ~HostInterfaces();
  HostInterfaces(const HostInterfaces&) = delete;
  HostInterfaces& operator=(const HostInterfaces&) = delete;

  /// All of them, as they are now.
  /// @throws boost::system::system_error; `interrupted` where the host changes so fast that no reading was whole
  InterfaceTable read();

  /// Calls back once, on the context's thread, when something may have changed, or notice of it may have been lost.
  void wait(std::function<void()> changed);

 private:
  struct System;
  std::unique_ptr<System> system_;
};

/// The interfaces of the host as they are now.
/// @throws as HostInterfaces::read
InterfaceTable read_interfaces();

/// @return the index of the interface of that name; 0 where there is none
std::uint32_t interface_index(const std::string& name) noexcept;

}  // namespace thence
