#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

namespace thence {

/// An address of the host, as configured on an interface.
struct InterfaceAddress {
  boost::asio::ip::address address;  ///< link-local IPv6 without its scope id
  std::uint8_t prefix_length = 0;    ///< bits
  bool usable = true;   ///< false while duplicate address detection runs or after it failed (RFC 4862 §5.4)
  bool lasting = true;  ///< stable: false for one that is deprecated (RFC 4862 §5.5.4) or temporary (RFC 8981)

  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
};

/// A network interface of the host.
struct Interface {
  std::uint32_t index = 0;
  std::string name;
  bool up = false;
  std::vector<InterfaceAddress> addresses;

  friend bool operator==(const Interface&, const Interface&) = default;
};

/// A snapshot of the host's interfaces and their addresses, ordered by index.
class InterfaceTable {
 public:
  InterfaceTable() = default;
  explicit InterfaceTable(std::vector<Interface> interfaces) : interfaces_(std::move(interfaces)) {
    std::sort(interfaces_.begin(), interfaces_.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
    for (const auto& each : interfaces_) {
      for (const auto& own : each.addresses) addresses_.push_back(own.address);
    }
    std::sort(addresses_.begin(), addresses_.end());
  }

  auto begin() const noexcept { return interfaces_.begin(); }
  auto end() const noexcept { return interfaces_.end(); }

  /// @return nullptr if there is no such index
  const Interface* find(std::uint32_t index) const noexcept {
    const auto found =
        std::lower_bound(interfaces_.begin(), interfaces_.end(), index,
                         [](const Interface& each, std::uint32_t wanted) { return each.index < wanted; });
    return found != interfaces_.end() && found->index == index ? &*found : nullptr;
  }

  /// @return "?" if there is no such index
  std::string_view name(std::uint32_t index) const noexcept {
    const auto* const found = find(index);
    return found == nullptr ? std::string_view("?") : found->name;
  }

  /// Whether an address is one of the host's. All of 127.0.0.0/8 is.
  bool is_local(const boost::asio::ip::address& address) const noexcept {
    return address.is_loopback() || std::binary_search(addresses_.begin(), addresses_.end(), address);
  }

  friend bool operator==(const InterfaceTable&, const InterfaceTable&) = default;

 private:
  std::vector<Interface> interfaces_;
  std::vector<boost::asio::ip::address> addresses_;  // of all interfaces, sorted
};

}  // namespace thence
