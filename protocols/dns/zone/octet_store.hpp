#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <cstddef>
#include <cstdint>

namespace thence::dns {

/// A buffer that grows at the end. Unlike a vector, a large one grows by the kernel remapping its pages rather than by
/// copying, so reading a zone takes no more memory than its data.
class OctetStore {
 public:
  OctetStore() = default;
  ~OctetStore();
  OctetStore(OctetStore&& other) noexcept;
  OctetStore& operator=(OctetStore&& other) noexcept;
  OctetStore(const OctetStore&) = delete;
  OctetStore& operator=(const OctetStore&) = delete;

  const std::uint8_t* data() const noexcept { return data_; }
  std::uint8_t* data() noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  /// Appends zero octets. Invalidates earlier results of data().
  /// @throws std::bad_alloc
  std::uint8_t* extend(std::size_t octets);
  void append(Octets octets);

  /// Releases unused memory, and asks the kernel for large pages, which cause fewer TLB misses.
  void settle() noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Asks the kernel to back that memory with large pages where it can.
void use_large_pages(const void* memory, std::size_t octets) noexcept;

}  // namespace thence::dns
