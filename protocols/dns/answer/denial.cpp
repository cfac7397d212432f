#include "protocols/dns/answer/denial.hpp"

#include <algorithm>

namespace thence::dns {

namespace {

/// The wildcard below a name, in wire form.
class Wildcard {
 public:
  /// If it would be longer than a name can be, its absence is proven all the same.
  explicit Wildcard(Octets encloser) noexcept : size_(encloser.size() + 2) {
    std::copy_n(encloser.begin(), size_ - 2, octets_.begin() + 2);
  }
  Octets wire() const noexcept { return {octets_.data(), size_}; }

 private:
  std::array<std::uint8_t, longest_name + 2> octets_{1, '*'};
  std::size_t size_;
};

}  // namespace

void Denial::no_type(const Name& name) noexcept {
  if (zone_.has_nsec()) nsec(name.wire());
  if (!zone_.has_nsec3()) return;
  // An insecure delegation under opt-out has no NSEC3 record of its own (RFC 5155 §7.2.4, §7.2.7).
  const auto own = zone_.nsec3_at_or_before(hash_(name.wire(), zone_.nsec3_parameters()));
  if (own.exact) {
    add(own.node, type::nsec3);
  } else {
    closest_encloser(name, 1);
  }
}

void Denial::no_name(const Name& name, std::size_t labels) noexcept {
  const Wildcard wildcard(name.without(labels));
  if (zone_.has_nsec()) {
    nsec(name.wire());
    nsec(wildcard.wire());
  }
  if (zone_.has_nsec3()) {
    closest_encloser(name, labels);
    nsec3(wildcard.wire());
  }
}

void Denial::wildcard(const Name& name, std::size_t labels) noexcept {
  if (zone_.has_nsec()) nsec(name.wire());
  if (zone_.has_nsec3()) nsec3(name.without(labels - 1));
}

void Denial::nsec(Octets name) noexcept { add(zone_.nsec_at_or_before(name), type::nsec); }

void Denial::nsec3(Octets name) noexcept {
  add(zone_.nsec3_at_or_before(hash_(name, zone_.nsec3_parameters())).node, type::nsec3);
}

void Denial::closest_encloser(const Name& name, std::size_t labels) noexcept {
  // Under opt-out, names above a delegation may have no NSEC3 record either.
  const std::size_t apex = name.labels() - zone_.apex().labels();
  for (; labels <= apex; ++labels) {
    const auto found = zone_.nsec3_at_or_before(hash_(name.without(labels), zone_.nsec3_parameters()));
    if (!found.exact) continue;
    add(found.node, type::nsec3);
    if (labels > 0) nsec3(name.without(labels - 1));
    return;
  }
}

void Denial::add(Node node, std::uint16_t type) noexcept {
  if (!node || reply_.truncated()) return;
  const auto end = added_.begin() + static_cast<std::ptrdiff_t>(count_);
  if (std::find(added_.begin(), end, node.name().data()) != end || count_ == added_.size()) return;
  added_[count_++] = node.name().data();
  if (!reply_.add(Section::authority, node.find(type), node.signatures(type), {node.name()})) reply_.set_truncated();
}

}  // namespace thence::dns
