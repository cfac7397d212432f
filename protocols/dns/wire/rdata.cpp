#include "protocols/dns/wire/rdata.hpp"

#include "protocols/dns/wire/rrset.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>

namespace thence::dns {

namespace {

/// The parts of a type's data, in order.
struct Layout {
  std::uint16_t type;
  std::size_t fixed;    ///< octets of numbers
  std::size_t strings;  ///< <character-string>s (RFC 1035 §3.3)
  std::size_t names;
  std::size_t rest;  ///< octets, or `any`
};

constexpr std::size_t any = std::numeric_limits<std::size_t>::max();

constexpr std::array layouts{
    Layout{2, 0, 0, 1, 0},      // NS
    Layout{3, 0, 0, 1, 0},      // MD
    Layout{4, 0, 0, 1, 0},      // MF
    Layout{5, 0, 0, 1, 0},      // CNAME
    Layout{6, 0, 0, 2, 20},     // SOA
    Layout{7, 0, 0, 1, 0},      // MB
    Layout{8, 0, 0, 1, 0},      // MG
    Layout{9, 0, 0, 1, 0},      // MR
    Layout{12, 0, 0, 1, 0},     // PTR
    Layout{14, 0, 0, 2, 0},     // MINFO
    Layout{15, 2, 0, 1, 0},     // MX
    Layout{17, 0, 0, 2, 0},     // RP
    Layout{18, 2, 0, 1, 0},     // AFSDB
    Layout{21, 2, 0, 1, 0},     // RT
    Layout{24, 18, 0, 1, any},  // SIG
    Layout{26, 2, 0, 2, 0},     // PX
    Layout{33, 6, 0, 1, 0},     // SRV
    Layout{35, 4, 3, 1, 0},     // NAPTR
    Layout{36, 2, 0, 1, 0},     // KX
    Layout{39, 0, 0, 1, 0},     // DNAME
    Layout{46, 18, 0, 1, any},  // RRSIG
};

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Where the names are. @return nothing if the data does not fit the type
std::optional<Range> names_in(std::uint16_t type, Octets rdata) noexcept {
  const auto* const layout = std::ranges::lower_bound(layouts, type, {}, &Layout::type);
  if (layout == layouts.end() || layout->type != type) return Range{};
  std::size_t at = layout->fixed;
  for (std::size_t i = 0; i < layout->strings && at < rdata.size(); ++i) at += rdata[at] + 1U;
  const std::size_t begin = at;
  for (std::size_t i = 0; i < layout->names; ++i) {
    Name name;
    const std::size_t size = at < rdata.size() ? name.assign(rdata.subspan(at)) : 0;
    if (size == 0) return std::nullopt;
    at += size;
  }
  if (layout->rest != any && rdata.size() - at != layout->rest) return std::nullopt;
  return Range{begin, at};
}

std::uint8_t folded(Octets rdata, Range names, std::size_t at) noexcept {
  return at >= names.begin && at < names.end ? lower(rdata[at]) : rdata[at];
}

}  // namespace

bool has_sound_names(std::uint16_t type, Octets rdata) noexcept { return names_in(type, rdata).has_value(); }

std::vector<std::uint8_t> compress_rdata(std::uint16_t type, Octets rdata, const Name& apex) {
  const auto names = compressible_names(type);
  std::vector<std::uint8_t> compressed;
  std::size_t at = names.offset;
  compressed.assign(rdata.begin(), rdata.begin() + static_cast<std::ptrdiff_t>(std::min(at, rdata.size())));
  for (std::size_t i = 0; i < names.count; ++i) {
    Name name;
    const std::size_t size = name.assign(rdata.subspan(at));
    // A pointer takes two octets, so it would not shorten the root.
    const bool shorter = size > 0 && apex.size() > 2 && name.is_within(apex.wire());
    const Octets kept = rdata.subspan(at, shorter ? size - apex.size() : size);
    compressed.insert(compressed.end(), kept.begin(), kept.end());
    if (shorter) {
      const auto pointer = pointer_to(header_size);
      compressed.push_back(static_cast<std::uint8_t>(pointer >> 8U));
      compressed.push_back(static_cast<std::uint8_t>(pointer));
    }
    at += size;
  }
  compressed.insert(compressed.end(), rdata.begin() + static_cast<std::ptrdiff_t>(std::min(at, rdata.size())),
                    rdata.end());
  return compressed;
}

std::vector<std::uint8_t> expand_rdata(std::uint16_t type, Octets rdata, const Name& apex) {
  const auto names = compressible_names(type);
  std::vector<std::uint8_t> expanded;
  std::size_t at = 0;
  const auto keep = [&](std::size_t end) {
    expanded.insert(expanded.end(), rdata.begin() + static_cast<std::ptrdiff_t>(at),
                    rdata.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
  };
  keep(std::min(names.offset, rdata.size()));
  for (std::size_t i = 0; i < names.count; ++i) {
    std::size_t end = at;
    while (end < rdata.size() && rdata[end] != 0 && rdata[end] < 0xC0) end += rdata[end] + 1U;
    if (end >= rdata.size() || (rdata[end] != 0 && end + 2 > rdata.size())) break;
    if (rdata[end] == 0) {
      keep(end + 1);
    } else {
      keep(end);
      expanded.insert(expanded.end(), apex.wire().begin(), apex.wire().end());
      at += 2;
    }
  }
  keep(rdata.size());
  return expanded;
}

std::strong_ordering compare_rdata(std::uint16_t type, Octets a, Octets b) noexcept {
  const Range names_a = names_in(type, a).value_or(Range{});
  const Range names_b = names_in(type, b).value_or(Range{});
  for (std::size_t at = 0; at < std::min(a.size(), b.size()); ++at) {
    const auto order = folded(a, names_a, at) <=> folded(b, names_b, at);
    if (order != 0) return order;
  }
  return a.size() <=> b.size();
}

}  // namespace thence::dns
