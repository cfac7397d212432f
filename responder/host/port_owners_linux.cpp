#include "responder/host/port_owners.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace thence {

namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view listening = "0A";  // TCP_LISTEN

template <typename Number>
std::optional<Number> read(std::string_view text, int base) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// An address in hexadecimal 32-bit words, each in host byte order.
std::optional<ip::address> read_address(std::string_view text) {
  std::array<std::uint8_t, 16> bytes{};
  if (text.size() != 8 && text.size() != 32) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 8) {
    const auto word = read<std::uint32_t>(text.substr(i, 8), 16);
    if (!word) return std::nullopt;
    std::memcpy(bytes.data() + i / 2, &*word, sizeof *word);
  }
  if (text.size() == 8) return ip::address_v4({bytes[0], bytes[1], bytes[2], bytes[3]});
  return ip::address_v6(bytes);
}

}  // namespace

PortOwners::PortOwners() {
  std::error_code error;
  std::filesystem::directory_iterator descriptor("/proc/self/fd", error);
  // Other threads open and close descriptors while we list them.
  for (; !error && descriptor != std::filesystem::directory_iterator(); descriptor.increment(error)) {
    // For example socket:[12345].
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(descriptor->path(), gone).string();
    if (gone || !target.starts_with("socket:[")) continue;
    if (const auto inode = read<std::uint64_t>(std::string_view(target).substr(8, target.size() - 9), 10)) {
      own_.insert(*inode);
    }
  }
}

PortOwners::Ports& PortOwners::ports(Transport transport) {
  const auto [found, is_new] = ports_.try_emplace(transport);
  if (!is_new) return found->second;
  for (const std::string version : {"", "6"}) {
    std::ifstream table("/proc/self/net/" + std::string(name(transport)) + version);
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream words(line);
      std::string slot, local, remote, state, queues, timer, retransmissions, user, timeout, inode;
      words >> slot >> local >> remote >> state >> queues >> timer >> retransmissions >> user >> timeout >> inode;
      const auto colon = local.find(':');
      if (colon == std::string::npos || (!is_datagram(transport) && state != listening)) continue;
      const auto address = read_address(std::string_view(local).substr(0, colon));
      const auto port = read<std::uint16_t>(std::string_view(local).substr(colon + 1), 16);
      const auto number = read<std::uint64_t>(inode, 10);
      if (address && port && number) found->second[*port].push_back({*address, *number});
    }
  }
  return found->second;
}

std::vector<ip::address> PortOwners::others(Transport transport, std::uint16_t port) {
  std::vector<ip::address> others;
  for (const auto& each : ports(transport)[port]) {
    if (!own_.contains(each.inode)) others.push_back(each.address);
  }
  return others;
}

}  // namespace thence
