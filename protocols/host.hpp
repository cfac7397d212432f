#pragma once

#include "config/settings.hpp"
#include "protocols/counters.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/source_table.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

namespace thence {

/// What a protocol may use of the worker that it runs on. All of it outlives the protocol and what it has deferred.
class Host {
 public:
  virtual ~Host() = default;

  /// For timers and upstream sockets; its handlers run on the worker's thread.
  virtual boost::asio::any_io_executor executor() = 0;
  /// Live: the object stays, and the worker replaces its value between two batches. See Protocol::interfaces_changed.
  virtual const InterfaceTable& interfaces() const noexcept = 0;
  /// This protocol's own, on this worker; kept when settings are read again.
  virtual Counters& counters() noexcept = 0;
  /// From where this protocol's replies can leave: its UDP sockets, a dual-stack one for each family. Live as the
  /// interfaces are. A reply whose source none of them serves is not sent.
  virtual const SourceTable& sources() const noexcept = 0;
  /// 1:1 NAT: what the world calls local addresses.
  virtual const config::AdvertisedAddresses& advertised() const noexcept = 0;
};

/// A host without a worker and without sockets: for those who want to know what a protocol would answer.
struct LoneHost final : Host {
  boost::asio::any_io_executor executor() override { return context.get_executor(); }
  const InterfaceTable& interfaces() const noexcept override { return interface_table; }
  Counters& counters() noexcept override { return counts; }
  const SourceTable& sources() const noexcept override { return source_table; }
  const config::AdvertisedAddresses& advertised() const noexcept override { return advertised_addresses; }

  InterfaceTable interface_table;
  Counters counts;
  SourceTable source_table;
  config::AdvertisedAddresses advertised_addresses;
  boost::asio::io_context context{1};  ///< to be run by those who wait for what is deferred
};

}  // namespace thence
