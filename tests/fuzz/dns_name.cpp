// Any octets as a name in wire form, and any text as one in presentation format.

#include "protocols/dns/wire/name.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using thence::dns::Name;

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const Name& name) {
  const auto again = Name::parse(name.text(), Name());
  require(again && *again == name);
  require(name.size() <= thence::dns::longest_name && name.labels() <= 127);
  for (std::size_t label = 0; label <= name.labels(); ++label) require(name.is_within(name.without(label)));
  require(thence::dns::hash(name.wire()) == thence::dns::hash(again->wire()));
  for (const auto octet : name.wire()) require(octet < 'A' || octet > 'Z');
  require(thence::dns::canonical_order(name.wire(), name.wire()) == 0);
  for (std::size_t label = 1; label <= name.labels(); ++label) {
    Name ancestor;
    require(ancestor.assign(name.without(label)) == name.without(label).size());
    require(thence::dns::canonical_order(ancestor.wire(), name.wire()) < 0);
    require(thence::dns::canonical_start(ancestor, 0) <= thence::dns::canonical_start(name, 0));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Name name;
  const std::size_t taken = name.assign({data, size});
  require(taken <= size && (taken == 0 || taken == name.size()));
  check(name);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Name origin;
  origin.assign(thence::dns::Octets(reinterpret_cast<const std::uint8_t*>("\6origin\4test"), 13));
  if (const auto parsed = Name::parse(text, origin)) check(*parsed);
  return 0;
}
