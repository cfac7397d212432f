#pragma once

#include "protocols/dns/wire/name.hpp"
#include "protocols/dns/wire/record.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace thence::dns {

/// Reads records in presentation format (RFC 1035 §5.1, RFC 3597 §5), each as one line of text without comments and
/// parentheses: `OWNER [TTL] [CLASS] TYPE RDATA`, TTL and CLASS in either order.
class RecordText {
 public:
  /// @param origin completes relative names, and is the value of `@`
  explicit RecordText(const Name& origin);
  RecordText(const RecordText&) = delete;
  RecordText& operator=(const RecordText&) = delete;
  ~RecordText();

  const Name& origin() const noexcept { return origin_; }
  void set_origin(const Name& origin);
  /// The owner of the previous record, if any.
  const std::optional<Name>& last_owner() const noexcept { return last_owner_; }
  void set_last_owner(const std::optional<Name>& owner) { last_owner_ = owner; }
  /// The TTL of records that state none (`$TTL`, RFC 2308 §4). Until it is set, they get the TTL of the previous record
  /// (RFC 1035 §5.1), and the first one 3600.
  void set_default_ttl(std::uint32_t ttl) noexcept { default_ttl_ = ttl; }

  /// @param line if it starts with a blank, its owner is that of the previous record
  /// @return nothing, or what is wrong
  std::optional<std::string> read(std::string_view line, Record& record);

 private:
  struct Ldns;

  std::optional<std::string> read_rdata(std::string_view type, std::string_view text, Record& record);
  std::optional<std::string> read_octets(std::string_view type, std::string_view text, Record& record) const;
  std::optional<std::string> read_service(std::string_view type, std::string_view text, Record& record) const;
  std::optional<bool> read_by_type(std::string_view text, Record& record) const;
  /// @param fields set to their number
  std::optional<std::string> read_by_library(std::string_view type, std::string_view text, Record& record,
                                             std::size_t* fields = nullptr) const;

  Name origin_;
  std::unique_ptr<Ldns> ldns_;  ///< keeps ldns out of this header
  std::optional<Name> last_owner_;
  std::optional<std::uint32_t> default_ttl_;
  std::uint32_t last_ttl_;
};

/// Seconds as a number, or in BIND's form such as `1h30m`, with w, d, h, m and s.
std::optional<std::uint32_t> parse_ttl(std::string_view text);

/// Whether a word between owner and type can only be the TTL or the class.
bool is_ttl_or_class(std::string_view word);

}  // namespace thence::dns
