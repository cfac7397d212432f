#pragma once

#include "protocols/dns/wire/network_order.hpp"

#include <cstddef>
#include <cstdint>

namespace thence::dns {

/// Octets that grow at the end. Unlike a vector's, a large store's are moved by the kernel, page by page, without a
/// copy: while a zone is read it takes no more memory than it holds.
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

  /// Makes room at the end; the octets are 0. What data() gave before is void.
  /// @throws std::bad_alloc
  std::uint8_t* extend(std::size_t octets);
  void append(Octets octets);

  /// Gives back what is not used, and asks the kernel for large pages, of which fewer need to be looked up.
  void settle() noexcept;

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// Asks the kernel to hold that memory in large pages, where it can.
void use_large_pages(const void* memory, std::size_t octets) noexcept;

}  // namespace thence::dns
