#pragma once

#include "protocols/interface_table.hpp"
#include "responder/host/host_interfaces.hpp"
#include "responder/log/log.hpp"

#include <functional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

namespace thence {

/// Follows the host's interfaces. Any notification, or the loss of one, triggers a fresh reading of the whole table, so
/// the table is never stale for longer than a reading takes.
class InterfaceMonitor {
 public:
  using Changed = std::function<void(const InterfaceTable&)>;

  /// @param changed called on the context's thread with each new table
  /// @throws boost::system::system_error
  InterfaceMonitor(boost::asio::io_context& context, Changed changed);

  /// The latest reading.
  const InterfaceTable& table() const noexcept { return table_; }

 private:
  void wait();
  void refresh();

  HostInterfaces host_;
  boost::asio::steady_timer retry_;
  Changed changed_;
  log::Limit limit_;
  InterfaceTable table_;
};

}  // namespace thence
