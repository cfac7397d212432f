#pragma once

#include "protocols/interface_table.hpp"
#include "responder/log/log.hpp"

#include <functional>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

struct mnl_socket;

namespace thence {

/// The interfaces of the host as they are now (rtnetlink(7)).
/// @throws boost::system::system_error; `interrupted` where the host changes so fast that no reading was whole
InterfaceTable read_interfaces();

/// Follows the interfaces of the host. Any notification, and also the loss of some, leads to one fresh reading of the
/// whole table, so that it is never off for longer than that takes.
class InterfaceMonitor {
 public:
  using Changed = std::function<void(const InterfaceTable&)>;

  /// @param changed called on the context's thread with each new table
  /// @throws boost::system::system_error
  InterfaceMonitor(boost::asio::io_context& context, Changed changed);

  /// The last reading.
  const InterfaceTable& table() const noexcept { return table_; }

 private:
  void wait();
  void drain();
  void refresh();

  boost::asio::posix::stream_descriptor notifications_;
  boost::asio::steady_timer retry_;
  Changed changed_;
  /// Kept open, as there may be no descriptor left when it is needed: by then the addresses may have taken all.
  std::shared_ptr<mnl_socket> reader_;
  log::Limit limit_;
  InterfaceTable table_;
};

}  // namespace thence
