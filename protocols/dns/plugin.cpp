#include "protocols/dns/plugin.hpp"

#include "protocols/dns/explain.hpp"
#include "protocols/dns/measures.hpp"
#include "protocols/dns/server.hpp"
#include "protocols/dns/settings/settings.hpp"

#include <algorithm>
#include <memory>

namespace thence::dns {

namespace {

std::string command(const std::optional<Settings::Example>& example, const Endpoint& endpoint, Transport transport) {
  std::string text = "dig @" + endpoint.address().to_string() + " -p " + std::to_string(endpoint.port());
  if (!is_datagram(transport)) text += " +tcp";
  if (!example) return text + " . SOA";
  text += ' ' + (example->name == "." ? example->name : example->name.substr(0, example->name.size() - 1));
  if (!example->address) return text + " SOA";
  return endpoint.address().is_v6() ? text + " AAAA" : text;
}

class DnsService final : public Service {
 public:
  explicit DnsService(Settings settings) : settings_(std::make_shared<const Settings>(std::move(settings))) {}

  const Settings& settings() const noexcept { return *settings_; }

  std::unique_ptr<Protocol> make(Host& host) const override { return std::make_unique<Server>(settings_, host); }
  std::string example(const Endpoint& at, Transport transport) const override {
    return command(settings_->example, at, transport);
  }
  std::string explain(const Supposition& supposed, const InterfaceTable& interfaces,
                      const config::AdvertisedAddresses& advertised) const override {
    return dns::explain(settings_, supposed, interfaces, advertised);
  }
  double amplification() const override { return dns::amplification(*settings_); }
  std::vector<Measure> measures() const override { return zone_measures(*settings_); }
  std::vector<std::string> views(const boost::asio::ip::address& local, std::uint32_t interface,
                                 const InterfaceTable& interfaces) const override {
    return views_at(*settings_, local, interface, interfaces);
  }

 private:
  std::shared_ptr<const Settings> settings_;
};

}  // namespace

std::shared_ptr<const Service> load(const config::Cursor& section, const Service* before) {
  const auto* const known = static_cast<const DnsService*>(before);
  return std::make_shared<const DnsService>(read_settings(section, known == nullptr ? nullptr : &known->settings()));
}

std::vector<std::byte> probe(std::uint64_t nonce) {
  // A name that nobody serves (RFC 6761 §6.4) and that no cache has seen.
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::string_view tail = "\6thence\7invalid";
  std::vector<std::uint8_t> message(header_size);
  store16(message.data(), static_cast<std::uint16_t>(nonce));
  store16(message.data() + 4, 1);
  message.push_back(16);
  for (unsigned shift = 64; shift > 0; shift -= 4) {
    message.push_back(static_cast<std::uint8_t>(digits[nonce >> (shift - 4) & 0x0FU]));
  }
  message.insert(message.end(), tail.begin(), tail.end());
  message.insert(message.end(), {0, 0, type::txt, 0, class_in});
  const auto bytes = std::as_bytes(std::span(message));
  return {bytes.begin(), bytes.end()};
}

bool answers(std::span<const std::byte> probe, std::span<const std::byte> message) {
  const auto asked = octets_of(probe);
  const auto reply = octets_of(message);
  if (reply.size() < asked.size() || asked.size() < header_size) return false;
  const bool is_response = (load16(reply.data() + 2) & flag::response) != 0;
  return is_response && load16(reply.data()) == load16(asked.data()) && load16(reply.data() + 4) == 1 &&
         std::ranges::equal(asked.subspan(header_size), reply.subspan(header_size, asked.size() - header_size));
}

const Plugin plugin{.name = "dns",
                    .title = "DNS",
                    .transports = {Transport::udp, Transport::tcp},
                    .load = load,
                    .probe = probe,
                    .answers = answers};

}  // namespace thence::dns
