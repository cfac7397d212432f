#include "protocols/dns/message_writer.hpp"

#include <algorithm>
#include <cstring>

namespace thence::dns {

MessageWriter::MessageWriter(std::span<std::uint8_t> room, const Query& query) noexcept
    : room_(room),
      query_(query),
      size_(header_size + query.question.size()),
      end_(room.size() - (query.edns ? opt_size : 0)),
      flags_(static_cast<std::uint16_t>(flag::response | (query.flags & (flag::opcode | flag::recursion_desired)))) {
  std::copy(query.question.begin(), query.question.end(), room_.begin() + header_size);
}

bool MessageWriter::add(Section section, const RRset& rrset, std::size_t owner) noexcept {
  if (rrset.records.size() > end_ - size_) return false;
  std::uint8_t* at = room_.data() + size_;
  std::memcpy(at, rrset.records.data(), rrset.records.size());
  size_ += rrset.records.size();
  auto& count = counts_[static_cast<std::size_t>(section)];
  count = static_cast<std::uint16_t>(count + rrset.count);
  if (owner != header_size) {
    for (std::uint16_t i = 0; i < rrset.count; ++i) {
      store16(at, pointer_to(owner));
      at += record_head + load16(at + record_head - 2);
    }
  }
  return true;
}

bool MessageWriter::add_option(std::uint16_t code, Octets data) noexcept {
  const std::size_t size = option_head + data.size();
  if (!query_.edns || size > end_ - size_) return false;
  end_ -= size;
  options_ += size;
  std::uint8_t* const at = room_.data() + end_ + opt_size;
  store16(at, code);
  store16(at + 2, static_cast<std::uint16_t>(data.size()));
  std::ranges::copy(data, at + option_head);
  return true;
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
