#include "protocols/endpoint_text.hpp"
#include "responder/command/ask.hpp"
#include "responder/command/commands.hpp"
#include "responder/command/text_table.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/served_addresses.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/host/address.hpp"
#include "responder/host/host_families.hpp"
#include "responder/host/host_interfaces.hpp"
#include "responder/host/reach.hpp"

#include <algorithm>
#include <iostream>
#include <random>

#include <boost/asio/post.hpp>

namespace thence::command {

namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t at_once = 256;  // each uses a descriptor

struct Check {
  ip::address from;
  Endpoint asked;
  std::size_t plugin = 0;
  Transport transport = Transport::udp;
  Answer answer;

  bool right() const { return answer.from == asked; }
};

/// Whether a socket on one of this host's addresses can reach another: link-local addresses only reach their own link.
bool reaches(const ip::address& from, const ip::address& to) {
  if (from.is_v4() != to.is_v4()) return false;
  if (from.is_v4()) return true;
  const auto a = from.to_v6();
  const auto b = to.to_v6();
  return a.is_link_local() == b.is_link_local() && a.scope_id() == b.scope_id();
}

/// What this host sends to itself arrives at the interface that has the address.
bool serves_this_host(const config::Listener& listener, const InterfaceTable& interfaces, const ServedAddress& to) {
  ArrivalFilter filter(listener.interfaces, listener.addresses);
  filter.update(interfaces);
  const auto* const interface = interfaces.find(to.index);
  return interface != nullptr &&
         reach(listener, filter, interfaces, *interface, without_scope(to.address)) == Reach::own;
}

std::vector<Check> plan(const Snapshot& snapshot) {
  const auto interfaces = read_interfaces();
  const auto addresses = served_addresses(snapshot, interfaces, host_families());
  std::vector<Check> checks;
  for (const auto& to : addresses) {
    for (const auto* const listener : to.listeners) {
      if (!serves_this_host(*listener, interfaces, to)) continue;
      for (std::size_t plugin = 0; plugin < plugins().size(); ++plugin) {
        const auto& protocols = listener->protocols;
        if (std::find(protocols.begin(), protocols.end(), plugins()[plugin].name) == protocols.end()) continue;
        const auto spoken = listener->transports & plugins()[plugin].transports;
        for (const auto transport : all_transports) {
          if (!spoken.contains(transport)) continue;
          for (const auto& from : addresses) {
            if (!reaches(from.address, to.address)) continue;
            checks.push_back({from.address, {to.address, listener->port}, plugin, transport, {}});
          }
        }
      }
    }
  }
  return checks;
}

/// Runs all checks, a limited number at a time.
class Run {
 public:
  Run(const Snapshot& snapshot, std::vector<Check>& checks) : checks_(checks) {
    for (const auto& service : snapshot.services) protocols_.push_back(service->make(host_));
  }

  void all() {
    for (std::size_t i = 0; i < at_once; ++i) next();
    host_.context.run();
  }

 private:
  void next() {
    if (next_ == checks_.size()) return;
    auto& check = checks_[next_++];
    const auto& plugin = plugins()[check.plugin];
    auto message = plugin.probe(random_());
    auto answered_by = [&plugin, message](std::span<const std::byte> reply) { return plugin.answers(message, reply); };
    ask(host_.context,
        {check.from, check.asked, check.transport, message, std::move(answered_by), protocols_[check.plugin].get()},
        [this, &check](const Answer& answer) {
          check.answer = answer;
          boost::asio::post(host_.context, [this] { next(); });
        });
  }

  std::vector<Check>& checks_;
  std::size_t next_ = 0;
  LoneHost host_;
  std::mt19937_64 random_{std::random_device()()};
  std::vector<std::unique_ptr<Protocol>> protocols_;
};

std::string verdict(const Check& check) {
  if (check.right()) return "right";
  if (check.answer.from) return "WRONG SOURCE";
  return "NO ANSWER: " + check.answer.error.message();
}

std::string table(const std::vector<Check>& checks) {
  std::vector<std::vector<std::string>> rows{{"FROM", "PROTOCOL", "ASKED", "ANSWERED FROM", "VERDICT"}};
  for (const auto& check : checks) {
    rows.push_back({check.from.to_string(),
                    std::string(plugins()[check.plugin].title) + ' ' + std::string(name(check.transport)),
                    text(check.asked), check.answer.from ? text(*check.answer.from) : "-", verdict(check)});
  }
  return text_table(rows);
}

}  // namespace

int selftest(const ConfigurationFile& file) {
  const auto snapshot = load(file);
  auto checks = plan(snapshot);
  Run(snapshot, checks).all();
  const auto right = std::count_if(checks.begin(), checks.end(), [](const Check& check) { return check.right(); });
  const auto wrong = static_cast<std::ptrdiff_t>(checks.size()) - right;
  std::cout << table(checks) << right << " right, " << wrong << " not\n";
  return wrong == 0 && right > 0 ? 0 : 1;
}

}  // namespace thence::command
