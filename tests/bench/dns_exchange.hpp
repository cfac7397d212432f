#pragma once

#include "answer.hpp"
#include "dns_query.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/endian/conversion.hpp>

namespace thence::bench {

/// DNS queries with EDNS and their answers, as the load generator needs them.
class DnsExchange {
 public:
  /// The bits of a token that a message's ID carries.
  static constexpr std::uint64_t token_mask = 0xFFFF;

  /// @param file one query a line, `NAME TYPE`, TYPE being A or AAAA: what dnsperf reads too
  /// @param recursion whether the queries ask for it
  /// @throws std::exception when the file is unusable
  DnsExchange(const std::string& file, bool recursion) {
    constexpr std::byte recursion_desired{0x01};
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) {
      queries_.push_back(encode(line));
      if (recursion) queries_.back()[2] = recursion_desired;
    }
    if (queries_.empty()) throw std::runtime_error(file + ": no queries");
  }

  /// Writes the next query of the file, starting over at its end. The ID is derived from the token.
  /// @param room at least largest_dns_query octets
  /// @return octets written
  std::size_t write(std::uint64_t token, std::span<std::byte> room) {
    const auto& query = queries_[next_];
    next_ = next_ + 1 == queries_.size() ? 0 : next_ + 1;
    std::copy(query.begin(), query.end(), room.begin());
    boost::endian::store_big_u16(reinterpret_cast<unsigned char*>(room.data()), static_cast<std::uint16_t>(token));
    return query.size();
  }

  /// @return nothing when the message is not a DNS response
  static std::optional<Answer> read(std::span<const std::byte> message) {
    if (message.size() < 12 || (message[2] & std::byte{0x80}) == std::byte{0}) return {};
    const auto rcode = std::to_integer<unsigned>(message[3] & std::byte{0x0F});
    return Answer{boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(message.data())),
                  rcode == 0   ? Answer::Kind::positive
                  : rcode == 3 ? Answer::Kind::negative
                               : Answer::Kind::failure};
  }

 private:
  static std::vector<std::byte> encode(const std::string& line) {
    std::istringstream words(line);
    std::string name;
    std::string type;
    words >> name >> type;
    if (type != "A" && type != "AAAA") throw std::runtime_error("not a query: " + line);
    return dns_query(name, type == "A" ? 1 : 28, true);
  }

  std::vector<std::vector<std::byte>> queries_;
  std::size_t next_ = 0;
};

}  // namespace thence::bench
