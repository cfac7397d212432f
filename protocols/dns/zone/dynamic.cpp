#include "protocols/dns/zone/dynamic.hpp"

#include "protocols/dns/wire/message.hpp"

namespace thence::dns {

bool Dynamic::covers(std::uint16_t type) const noexcept {
  const bool has_text = kind != Kind::interface && kind != Kind::nearest;
  return type == type::a || type == type::aaaa || (has_text && type == type::txt);
}

}  // namespace thence::dns
