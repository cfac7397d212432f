#pragma once

#include "config/settings.hpp"
#include "protocols/counters.hpp"
#include "protocols/covered_addresses.hpp"
#include "protocols/interface_table.hpp"
#include "protocols/source_table.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

namespace thence {

/// What a protocol may use of the worker it runs on. All of it outlives the protocol and its deferrals.
class Host {
 public:
  virtual ~Host() = default;

  /// For timers and upstream sockets; its handlers run on the worker's thread.
  virtual boost::asio::any_io_executor executor() = 0;
  /// Live: the object stays, while the worker replaces its value between batches. See Protocol::interfaces_changed.
  virtual const InterfaceTable& interfaces() const noexcept = 0;
  /// This protocol's counters on this worker; kept across reloads.
  virtual Counters& counters() noexcept = 0;
  /// Where this protocol's replies can be sent from: its UDP sockets, with a dual-stack one listed once per family.
  /// Live, like the interfaces. A reply whose source none of them serves is not sent.
  virtual const SourceTable& sources() const noexcept = 0;
  /// What the `addresses` of this protocol's listeners cover.
  virtual const CoveredAddresses& covered() const noexcept = 0;
  /// 1:1 NAT: the public addresses of local ones.
  virtual const config::AdvertisedAddresses& advertised() const noexcept = 0;
};

/// A host without worker or sockets, for finding out what a protocol would answer.
struct LoneHost final : Host {
  boost::asio::any_io_executor executor() override { return context.get_executor(); }
  const InterfaceTable& interfaces() const noexcept override { return interface_table; }
  Counters& counters() noexcept override { return counts; }
  const SourceTable& sources() const noexcept override { return source_table; }
  const CoveredAddresses& covered() const noexcept override { return covered_addresses; }
  const config::AdvertisedAddresses& advertised() const noexcept override { return advertised_addresses; }

  InterfaceTable interface_table;
  Counters counts;
  SourceTable source_table;
  CoveredAddresses covered_addresses;
  config::AdvertisedAddresses advertised_addresses;
  boost::asio::io_context context{1};  ///< run it to complete what is deferred
};

}  // namespace thence
