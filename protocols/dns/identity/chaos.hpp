#pragma once

#include "config/reader.hpp"
#include "protocols/dns/wire/message.hpp"
#include "protocols/dns/wire/rrset.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace thence::dns {

/// The names of class CH that identify the server (RFC 4892): `id.server` and `hostname.bind`, `version.server` and
/// `version.bind`. Immutable.
class ChaosNames {
 public:
  /// No such names.
  ChaosNames() = default;

  /// @param id text of the first two names, at most 255 octets; empty: they do not exist
  /// @param version the same for the other two
  ChaosNames(const std::string& id, const std::string& version);

  /// The TXT record, of class CH and with TTL 0, for a query of class CH.
  /// @return empty for another name, or a type other than TXT and ANY
  RRset find(const Query& query) const noexcept;

 private:
  struct Entry {
    Name name;
    std::vector<std::uint8_t> record;
  };
  std::vector<Entry> entries_;
};

/// Reads `chaos:`.
ChaosNames read_chaos(const config::Cursor& at);

}  // namespace thence::dns
