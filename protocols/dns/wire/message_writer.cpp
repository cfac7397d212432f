#include "protocols/dns/wire/message_writer.hpp"

#include "protocols/dns/wire/rdata.hpp"

#include <algorithm>
#include <cstring>

namespace thence::dns {

namespace {

constexpr std::size_t pointer_size = 2;

bool can_be_pointed_to(std::size_t position) noexcept {
  return position != 0 && position <= MessageWriter::max_pointer;
}

}  // namespace

MessageWriter::MessageWriter(std::span<std::uint8_t> room, const Query& query) noexcept
    : room_(room),
      query_(query),
      size_(header_size + query.question.size()),
      end_(room.size() - (query.edns ? opt_size : 0)),
      flags_(static_cast<std::uint16_t>(flag::response | (query.flags & (flag::opcode | flag::recursion_desired)))) {
  std::copy(query.question.begin(), query.question.end(), room_.begin() + header_size);
}

std::size_t MessageWriter::spelled_size(const Owner& owner) const noexcept {
  return apex_.name.size() > pointer_size ? owner.name.size() - apex_.name.size() + pointer_size : owner.name.size();
}

bool MessageWriter::add(Section section, const RRset& rrset, const RRset& signatures, const Owner& owner) noexcept {
  const std::size_t records = std::size_t{rrset.count} + signatures.count;
  std::size_t more = 0;
  if (!can_be_pointed_to(owner.position)) {
    more = (spelled_size(owner) - pointer_size) * (can_be_pointed_to(size_) ? 1 : records);
  }
  if (rrset.records.size() + signatures.records.size() + more > end_ - size_) return false;
  Owner at = owner;
  last_rdata_ = size_ + (more == 0 ? 0 : spelled_size(owner) - pointer_size) + record_head;
  write_records(rrset, at);
  write_records(signatures, at);
  auto& count = counts_[static_cast<std::size_t>(section)];
  count = static_cast<std::uint16_t>(count + records);
  return true;
}

/// @param owner updated: the message has that name afterwards
void MessageWriter::write_records(const RRset& rrset, Owner& owner) noexcept {
  Octets rest = rrset.records;
  while (!rest.empty() && !can_be_pointed_to(owner.position)) {
    owner.position = size_;
    spell(owner);
    const std::size_t size = record_head + load16(rest.data() + record_head - 2);
    std::memcpy(room_.data() + size_, rest.data() + pointer_size, size - pointer_size);
    point_to_apex(rrset.type, room_.data() + size_ + record_head - pointer_size);
    size_ += size - pointer_size;
    rest = rest.subspan(size);
  }
  std::uint8_t* at = room_.data() + size_;
  const std::uint8_t* const end = at + rest.size();
  if (!rest.empty()) std::memcpy(at, rest.data(), rest.size());
  size_ += rest.size();
  // The stored form is right if the query name is the apex.
  const bool has_pointers = compressible_names(rrset.type).count > 0 && apex_.position != header_size;
  if (owner.position == header_size && !has_pointers) return;
  while (at != end) {
    store16(at, pointer_to(owner.position));
    if (has_pointers) point_to_apex(rrset.type, at + record_head);
    at += record_head + load16(at + record_head - 2);
  }
}

/// Adjusts the pointers that stand for the apex.
void MessageWriter::point_to_apex(std::uint16_t type, std::uint8_t* rdata) noexcept {
  const auto names = compressible_names(type);
  rdata += names.offset;
  for (std::size_t i = 0; i < names.count; ++i) {
    while (*rdata != 0 && *rdata < 0xC0) rdata += *rdata + 1U;
    if (*rdata == 0) {
      ++rdata;
    } else {
      store16(rdata, pointer_to(apex_.position));
      rdata += pointer_size;
    }
  }
}

void MessageWriter::spell(const Owner& owner) noexcept {
  const std::size_t size = spelled_size(owner);
  const bool ends_in_pointer = apex_.name.size() > pointer_size;
  const std::size_t octets = ends_in_pointer ? size - pointer_size : size;
  std::memcpy(room_.data() + size_, owner.name.data(), octets);
  if (ends_in_pointer) store16(room_.data() + size_ + octets, pointer_to(apex_.position));
  size_ += size;
}

void MessageWriter::lower_last_ttl(std::uint32_t ttl) noexcept {
  std::uint8_t* const at = room_.data() + last_rdata_ - record_head + 6;
  store32(at, std::min(ttl, load32(at)));
}

std::uint8_t* MessageWriter::add_option(std::uint16_t code, Octets data) noexcept {
  const std::size_t size = option_head + data.size();
  if (!query_.edns || size > end_ - size_) return nullptr;
  end_ -= size;
  options_ += size;
  std::uint8_t* const at = room_.data() + end_ + opt_size;
  store16(at, code);
  store16(at + 2, static_cast<std::uint16_t>(data.size()));
  std::ranges::copy(data, at + option_head);
  return at + option_head;
}

bool MessageWriter::add_options(Octets options) noexcept {
  if (!query_.edns || options.size() > end_ - size_) return false;
  end_ -= options.size();
  options_ += options.size();
  std::ranges::copy(options, room_.data() + end_ + opt_size);
  return true;
}

std::optional<std::span<std::uint8_t>> MessageWriter::add_records(Octets records,
                                                                  const std::array<std::uint16_t, 3>& counts) noexcept {
  if (records.size() > end_ - size_) return std::nullopt;
  const auto place = room_.subspan(size_, records.size());
  std::ranges::copy(records, place.begin());
  size_ += records.size();
  counts_ = counts;
  return place;
}

std::size_t MessageWriter::finish(Rcode rcode) noexcept {
  const auto code = static_cast<std::uint16_t>(rcode);
  std::uint8_t* const header = room_.data();
  store16(header, query_.id);
  store16(header + 2, static_cast<std::uint16_t>(flags_ | (code & 0x0FU)));
  store16(header + 4, query_.question.empty() ? 0 : 1);
  store16(header + 6, counts_[0]);
  store16(header + 8, counts_[1]);
  store16(header + 10, static_cast<std::uint16_t>(counts_[2] + (query_.edns ? 1 : 0)));
  if (query_.edns) {
    std::memmove(header + size_ + opt_size, header + end_ + opt_size, options_);
    write_opt(header + size_, *query_.edns, code, options_);
    size_ += opt_size + options_;
  }
  return size_;
}

}  // namespace thence::dns
