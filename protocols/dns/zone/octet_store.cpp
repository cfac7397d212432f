#include "protocols/dns/zone/octet_store.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace thence::dns {

namespace {

constexpr std::size_t large_page = std::size_t{2} << 20U;
/// MADV_COLLAPSE of Linux 6.1, which the system's headers may not define yet.
constexpr int collapse = 25;

}  // namespace

OctetStore::~OctetStore() { std::free(data_); }  // NOLINT(cppcoreguidelines-no-malloc): for its realloc

OctetStore::OctetStore(OctetStore&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

OctetStore& OctetStore::operator=(OctetStore&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(capacity_, other.capacity_);
  return *this;
}

std::uint8_t* OctetStore::extend(std::size_t octets) {
  if (octets > capacity_ - size_) {
    const std::size_t wanted = std::max(capacity_ + capacity_ / 2, size_ + octets + 64);
    void* const grown =
        std::realloc(data_, wanted);  // NOLINT(cppcoreguidelines-no-malloc): it moves large ones by pages
    if (grown == nullptr) throw std::bad_alloc();
    data_ = static_cast<std::uint8_t*>(grown);
    capacity_ = wanted;
  }
  std::uint8_t* const at = data_ + size_;
  std::memset(at, 0, octets);
  size_ += octets;
  return at;
}

void OctetStore::append(Octets octets) {
  if (!octets.empty()) std::memcpy(extend(octets.size()), octets.data(), octets.size());
}

void OctetStore::settle() noexcept {
  void* const fitted = std::realloc(data_, std::max<std::size_t>(size_, 1));  // NOLINT(cppcoreguidelines-no-malloc)
  if (fitted == nullptr) return;
  data_ = static_cast<std::uint8_t*>(fitted);
  capacity_ = size_;
  use_large_pages(data_, size_);
}

void use_large_pages(const void* memory, std::size_t octets) noexcept {
  void* page = const_cast<void*>(memory);  // NOLINT(cppcoreguidelines-pro-type-const-cast): only where it is may change
  std::size_t rest = octets;
  if (std::align(large_page, large_page, page, rest) == nullptr) return;
  // Without kernel support, everything still works, only slower.
  ::madvise(page, rest / large_page * large_page, collapse);
}

}  // namespace thence::dns
