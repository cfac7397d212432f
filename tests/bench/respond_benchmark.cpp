// The cost of a protocol's own work: respond() through the contract, without sockets.

#include "config/problems.hpp"
#include "config/reader.hpp"
#include "dns_query.hpp"
#include "protocols/dns/plugin.hpp"
#include "protocols/protocol.hpp"
#include "protocols/source_table.hpp"
#include "protocols/stun/plugin.hpp"
#include "signed_stun_exchange.hpp"
#include "stun_exchange.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <unistd.h>

namespace {

using namespace thence;
using Message = std::vector<std::byte>;

constexpr unsigned names = 1000;
constexpr std::uint16_t a = 1;
constexpr std::uint16_t ptr = 12;
constexpr std::uint16_t txt = 16;

Endpoint endpoint(const char* address, std::uint16_t port) { return {boost::asio::ip::make_address(address), port}; }

Route route_by_ipv4() { return {endpoint("198.51.100.7", 40000), endpoint("192.0.2.1", 53), 2, Transport::udp}; }
Route route_by_ipv6() { return {endpoint("2001:db8:a::7", 40000), endpoint("2001:db8:b::1", 53), 2, Transport::udp}; }

/// A worker made by hand, with one protocol.
class Worker {
 public:
  Worker(const Plugin& plugin, const std::string& settings, const Route& route = route_by_ipv4()) : route_(route) {
    const auto document = config::Document::parse("benchmark.yaml", settings);
    config::Problems problems;
    const auto service = plugin.load(config::Cursor(document, problems).map()[plugin.name], nullptr);
    if (!problems.empty()) throw config::Invalid(problems);
    host_.interface_table = InterfaceTable({{1, "lo", true, {{boost::asio::ip::make_address("127.0.0.1"), 8}}},
                                            {2, "eth0", true, {{boost::asio::ip::make_address("192.0.2.1"), 24}}},
                                            {3, "eth1", true, {{boost::asio::ip::make_address("203.0.113.1"), 24}}}});
    // 3479: behaviour discovery's alternate port
    host_.source_table =
        SourceTable(std::vector<ListeningSocket>{{endpoint("0.0.0.0", 53)}, {endpoint("0.0.0.0", 3479)}});
    protocol_ = service->make(host_);
    protocol_->interfaces_changed();
  }

  /// @return octets of the reply, which is in reply(); 0: no reply
  std::size_t respond(std::span<const std::byte> message) {
    Reply reply{buffer_, 0, route_, path_.get(), 0};
    const Verdict verdict = protocol_->respond({message, route_}, reply);
    ++verdict.outcome->value;
    const bool sent = verdict.action == Verdict::Action::reply || verdict.action == Verdict::Action::refuse;
    return sent ? reply.size : 0;
  }

  std::span<const std::byte> reply() const { return buffer_; }

  /// Waits until a deferred reply has been sent.
  void wait_for_deferred() {
    for (const auto before = path_->sent; path_->sent == before;) host_.context.run_one();
  }

 private:
  /// The number of deferred replies sent.
  struct Path final : ReplyPath {
    unsigned sent = 0;

   private:
    void send_deferred(const Route&, std::size_t, std::span<const std::byte>) override { ++sent; }
    void give_up(const Route&) noexcept override {}
  };

  std::shared_ptr<Path> path_ = std::make_shared<Path>();
  LoneHost host_;
  std::unique_ptr<Protocol> protocol_;
  Route route_;
  std::array<std::byte, 4096> buffer_{};
};

using IsRight = std::function<bool(std::span<const std::byte> reply)>;

/// A benchmark that sends the messages in turn, after checking that each gets the intended answer.
void add(const std::string& name, const std::shared_ptr<Worker>& worker, const std::vector<Message>& messages,
         const IsRight& is_right) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    for (const auto& message : messages) {
      if (!is_right(worker->reply().first(worker->respond(message)))) {
        state.SkipWithError("not the answer that this is to measure");
        return;
      }
    }
    std::size_t next = 0;
    for (auto _ : state) {
      benchmark::DoNotOptimize(worker->respond(messages[next]));
      benchmark::ClobberMemory();
      next = next + 1 == messages.size() ? 0 : next + 1;
    }
    state.SetItemsProcessed(state.iterations());
  });
}

std::string name(unsigned number) { return "n" + std::to_string(1000 + number); }

/// @return settings with a zone of names, some of them dynamic, and a reverse zone
std::string dns_settings() {
  std::string text = R"(dns:
  zones:
    - name: 2.0.192.in-addr.arpa
      records: [ "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300", "@ 300 NS ns1.thence.test." ]
      reverse: "*.host.thence.test"
    - name: thence.test
      records:
        - "@ 300 SOA ns1 hostmaster 1 3600 600 86400 300"
        - "@ 300 NS ns1"
        - "ns1 60 A 192.0.2.1"
        - "alias 60 CNAME n1000"
)";
  for (unsigned i = 0; i < names; ++i) text += "        - \"" + name(i) + " 60 A 192.0.2.10\"\n";
  return text + R"(      dynamic:
        self: self
        me: client
        who: whoami
        gw: { interface: eth1 }
        web: { nearest: [203.0.113.5, 192.0.2.5, 10.0.0.5, "2001:db8::5"] }
)";
}

/// Settings with 64 views of 16 prefixes each, of which only the last matches the clients and has the zones.
std::string view_settings() {
  constexpr unsigned views = 64;
  std::string text = dns_settings() + "  views:\n";
  const auto add_list = [&](const std::string& key, const std::vector<std::string>& elements) {
    text += "        " + key + ":\n";
    for (const auto& each : elements) text += "          - \"" + each + "\"\n";
  };
  for (unsigned view = 0; view < views; ++view) {
    const auto number = std::to_string(view);
    std::vector<std::string> interfaces{"lan" + number + '*', "!lan" + number + '9'};
    std::vector<std::string> local;
    for (const std::string half : {"6", "7"}) {
      local.push_back("172.1" + half + '.' + number + ".0/24");
      local.push_back("2001:db8:" + half + ':' + number + "::/64");
    }
    std::vector<std::string> clients;
    for (const std::string part : {"0", "2", "4", "6", "8", "10"}) {
      clients.push_back("10." + number + '.' + part + ".0/24");
      clients.push_back("2001:db8:" + number + ':' + part + "00::/56");
    }
    const bool is_last = view + 1 == views;
    if (is_last) {
      interfaces.emplace_back("eth*");
      local.insert(local.end(), {"192.0.2.0/24", "2001:db8:b::/64"});
      clients.insert(clients.end(), {"198.51.100.0/24", "2001:db8:a::/64"});
    }
    text += "    - name: v" + number + "\n      match:\n";
    add_list("interfaces", interfaces);
    add_list("local", local);
    add_list("clients", clients);
    if (is_last) text += "      zones: [thence.test, 2.0.192.in-addr.arpa]\n";
  }
  return text;
}

/// A worker with an upstream's answers to all the messages in its cache.
std::shared_ptr<Worker> with_warm_cache(const std::vector<Message>& messages) {
  namespace asio = boost::asio;
  asio::io_context io;
  asio::ip::udp::socket upstream(io, {asio::ip::address_v4::loopback(), 0});
  const auto worker =
      std::make_shared<Worker>(dns::plugin, "dns: { forward: [ { zone: thence.test, to: [\"127.0.0.1:" +
                                                std::to_string(upstream.local_endpoint().port()) + "\"] } ] }\n");
  for (const auto& message : messages) {
    if (worker->respond(message) != 0) throw std::runtime_error("answered what is not known yet");
    Message answer(512);
    asio::ip::udp::endpoint from;
    answer.resize(upstream.receive_from(asio::buffer(answer), from) - bench::opt_size);
    answer[2] |= std::byte{0x80};
    answer[7] = std::byte{1};
    answer[11] = std::byte{0};
    for (const int octet : {0xC0, 12, 0, 1, 0, 1, 0, 1, 0, 0, 0, 4, 192, 0, 2, 10}) {
      answer.push_back(static_cast<std::byte>(octet));
    }
    upstream.send_to(asio::buffer(answer), from);
    worker->wait_for_deferred();
  }
  return worker;
}

IsRight dns_answer(unsigned rcode, unsigned records) {
  return [=](std::span<const std::byte> reply) {
    return reply.size() >= 12 && (reply[2] & std::byte{0x80}) != std::byte{0} &&
           std::to_integer<unsigned>(reply[3] & std::byte{0x0F}) == rcode &&
           std::to_integer<unsigned>(reply[7]) == records;
  };
}

void add_dns() {
  const auto worker = std::make_shared<Worker>(dns::plugin, dns_settings());
  const auto queries = [](const std::function<std::string(unsigned)>& label, bool edns) {
    std::vector<Message> all;
    for (unsigned i = 0; i < names; ++i) all.push_back(bench::dns_query(label(i) + ".thence.test", a, edns));
    return all;
  };
  constexpr unsigned no_error = 0;
  constexpr unsigned name_error = 3;
  constexpr unsigned refused = 5;
  add("dns/positive", worker, queries(name, false), dns_answer(no_error, 1));
  add("dns/positive_edns", worker, queries(name, true), dns_answer(no_error, 1));
  add("dns/no_such_name", worker, queries([](unsigned i) { return "x" + name(i); }, true), dns_answer(name_error, 0));
  add("dns/cname", worker, {bench::dns_query("alias.thence.test", a, true)}, dns_answer(no_error, 2));
  add("dns/dynamic_self", worker, {bench::dns_query("self.thence.test", a, true)}, dns_answer(no_error, 1));
  add("dns/dynamic_client", worker, {bench::dns_query("me.thence.test", a, true)}, dns_answer(no_error, 1));
  add("dns/dynamic_whoami", worker, {bench::dns_query("who.thence.test", txt, true)}, dns_answer(no_error, 2));
  add("dns/dynamic_interface", worker, {bench::dns_query("gw.thence.test", a, true)}, dns_answer(no_error, 1));
  add("dns/dynamic_nearest", worker, {bench::dns_query("web.thence.test", a, true)}, dns_answer(no_error, 3));
  add("dns/reverse", worker, {bench::dns_query("1.2.0.192.in-addr.arpa", ptr, true)}, dns_answer(no_error, 1));
  add("dns/refused", worker, {bench::dns_query("www.example.net", a, true)}, dns_answer(refused, 0));
  // Compare these two with positive_edns.
  add("dns/views", std::make_shared<Worker>(dns::plugin, view_settings()), queries(name, true),
      dns_answer(no_error, 1));
  add("dns/views_ipv6", std::make_shared<Worker>(dns::plugin, view_settings(), route_by_ipv6()), queries(name, true),
      dns_answer(no_error, 1));
  const auto forwarded = queries(name, true);
  add("dns/forward_cached", with_warm_cache(forwarded), forwarded, dns_answer(no_error, 1));
}

Message binding_request(bool fingerprint) {
  Message message(28);
  message.resize(bench::StunExchange(fingerprint).write(0x0123456789ABCDEF, message));
  return message;
}

IsRight stun_answer(unsigned type, std::size_t size) {
  return [=](std::span<const std::byte> reply) {
    return reply.size() == size && std::to_integer<unsigned>(reply[0]) == type >> 8 &&
           std::to_integer<unsigned>(reply[1]) == (type & 0xFF);
  };
}

/// A worker that knows one user, and a request from that user.
std::pair<std::shared_ptr<Worker>, Message> with_credentials() {
  const auto users = std::filesystem::temp_directory_path() / ("thence-benchmark-users-" + std::to_string(getpid()));
  std::ofstream(users) << "user password\n";
  const auto worker = std::make_shared<Worker>(
      stun::plugin, "stun: { credentials: { realm: example.com, users-file: " + users.string() + " } }\n");
  std::filesystem::remove(users);
  const auto challenge = bench::read_challenge(worker->reply().first(worker->respond(binding_request(false))));
  if (!challenge) throw std::runtime_error("no challenge");
  Message request(bench::SignedStunExchange::largest_request);
  request.resize(bench::SignedStunExchange("user", "password", *challenge).write(1, request));
  return {worker, request};
}

void add_stun() {
  const auto worker = std::make_shared<Worker>(stun::plugin, "stun: {}\n");
  constexpr unsigned success = 0x0101;
  constexpr unsigned error = 0x0111;

  Message classic = binding_request(false);
  classic[4] = std::byte{0};  // no magic cookie: RFC 3489

  Message unknown = binding_request(false);
  for (const unsigned octet : {0x7FU, 0xF0U, 0U, 0U}) unknown.push_back(static_cast<std::byte>(octet));
  unknown[3] = std::byte{4};

  add("stun/binding", worker, {binding_request(false)}, stun_answer(success, 32));
  add("stun/binding_fingerprint", worker, {binding_request(true)}, stun_answer(success, 40));
  add("stun/classic", worker, {classic}, stun_answer(success, 32));
  add("stun/unknown_attribute", worker, {unknown}, stun_answer(error, 56));

  // Four addresses: the client's in both ways, the one that answers and the other one.
  const auto discovery = std::make_shared<Worker>(stun::plugin, "stun: { behavior-discovery: true }\n");
  add("stun/behavior_discovery", discovery, {binding_request(false)}, stun_answer(success, 68));

  const auto [knowing, request] = with_credentials();
  add("stun/credentials", knowing, {request}, stun_answer(success, 32 + 24));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
  try {
    add_dns();
    add_stun();
  } catch (const std::exception& problem) {
    std::cerr << "respond_benchmark: " << problem.what() << '\n';
    return EXIT_FAILURE;
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
