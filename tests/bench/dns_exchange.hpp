#pragma once

#include "tests/bench/answer.hpp"

#include <algorithm>
#include <array>
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

  /// The most octets that a query has: header, name, type and class, OPT without options.
  static constexpr std::size_t largest_query = 12 + 255 + 4 + 11;

  /// @param file one query a line, `NAME TYPE`, TYPE being A or AAAA: what dnsperf reads
  /// @throws std::runtime_error when it cannot be used
  explicit DnsExchange(const std::string& file) {
    std::ifstream lines(file);
    for (std::string line; std::getline(lines, line);) queries_.push_back(encode(line));
    if (queries_.empty()) throw std::runtime_error(file + ": no queries");
  }

  /// Writes the next query of the file, from its start again after its end. The ID is made of the token.
  /// @param room at least largest_query octets
  /// @return octets written
  std::size_t write(std::uint64_t token, std::span<std::byte> room) {
    const auto& query = queries_[next_];
    next_ = next_ + 1 == queries_.size() ? 0 : next_ + 1;
    std::copy(query.begin(), query.end(), room.begin());
    boost::endian::store_big_u16(reinterpret_cast<unsigned char*>(room.data()), static_cast<std::uint16_t>(token));
    return query.size();
  }

  /// @return nothing when the message is no DNS response
  static std::optional<Answer> read(std::span<const std::byte> message) {
    if (message.size() < 12 || (message[2] & std::byte{0x80}) == std::byte{0}) return {};
    const auto rcode = std::to_integer<unsigned>(message[3] & std::byte{0x0F});
    return Answer{boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(message.data())),
                  rcode == 0   ? Answer::Kind::positive
                  : rcode == 3 ? Answer::Kind::negative
                               : Answer::Kind::failure};
  }

 private:
  using Query = std::vector<std::byte>;

  static Query encode(const std::string& line) {
    std::istringstream words(line);
    std::string name;
    std::string type;
    words >> name >> type;
    if (type != "A" && type != "AAAA") throw std::runtime_error("not a query: " + line);

    Query query;
    const auto append = [&query](std::initializer_list<unsigned> octets) {
      for (const unsigned octet : octets) query.push_back(static_cast<std::byte>(octet));
    };
    append({0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1});  // one question, one additional record
    std::istringstream labels(name);
    for (std::string label; std::getline(labels, label, '.');) {
      if (label.empty() || label.size() > 63) throw std::runtime_error("not a name: " + name);
      append({static_cast<unsigned>(label.size())});
      for (const char letter : label) append({static_cast<unsigned char>(letter)});
    }
    append({0, 0, type == "A" ? 1U : 28U, 0, 1});
    append({0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0});  // OPT, 1232 octets (RFC 6891 §6.1.2)
    if (query.size() > largest_query) throw std::runtime_error("not a name: " + name);
    return query;
  }

  std::vector<Query> queries_;
  std::size_t next_ = 0;
};

}  // namespace thence::bench
