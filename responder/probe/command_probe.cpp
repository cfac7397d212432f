#include "responder/probe/command_probe.hpp"

#include "config/utf8.hpp"
#include "responder/probe/commands.hpp"

#include <functional>
#include <iostream>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

namespace thence::probe {

namespace {

constexpr const char* exit_statuses =
    "\n\nExit status: 0 every answer came from the right address, 1 a finding (a wrong source, an error),\n"
    "2 an invalid command line, 3 at least one answer is missing.";

/// Options as CLI11 reads them.
struct Given {
  std::string host;
  std::string from;
  double timeout = 0;
  bool json = false;

  Asking asking() const {
    const auto ms = std::chrono::duration<double, std::milli>(timeout * 1000);
    return {.from = from.empty() ? std::nullopt : std::optional(from),
            .timeout = std::chrono::duration_cast<std::chrono::milliseconds>(ms),
            .json = json};
  }
};

void add_common(CLI::App& command, Given& given, double timeout, const std::string& timeout_text) {
  constexpr double shortest = 0.1;
  constexpr double longest = 39.5;  // RFC 8489 §6.2.1
  given.timeout = timeout;
  command.add_option("--from", given.from, "Ask only from this local address, or from those of this interface")
      ->type_name("ADDRESS|INTERFACE");
  command.add_option("--timeout", given.timeout, timeout_text)
      ->type_name("SECONDS")
      ->check(CLI::Range(shortest, longest));
  command.add_flag("--json", given.json, "One JSON document instead of text; responder/probe/README.md has its fields");
}

void explain(CLI::App& command, const std::string& text) { command.footer('\n' + text + exit_statuses); }

/// The two arguments may come in either order.
std::pair<std::string, std::string> name_and_server(const std::string& one, const std::string& other) {
  const bool first = one.starts_with('@');
  if (first == other.starts_with('@'))
    throw Failure(Status::usage, "NAME and @SERVER are needed, such as: example.org @192.0.2.1");
  return first ? std::pair(other, one.substr(1)) : std::pair(one, other.substr(1));
}

}  // namespace

struct Command::Options {
  Given stun;
  Given nat;
  unsigned lifetime = 130;
  Given dns;
  std::string dns_name;
  std::string dns_type = "A";
  Given compare;
  std::uint16_t stun_port = 3478;
  std::uint16_t dns_port = 53;
  std::string client_name = "client.thence.test";
  std::vector<std::pair<CLI::App*, std::function<Status()>>> commands;
};

Command::Command(CLI::App& app)
    : app_(app.add_subcommand("probe", "Ask a server, of any make, what it sees of this host")),
      options_(std::make_unique<Options>()) {
  app_->require_subcommand(1);
  app_->footer("\nthence probe SUBCOMMAND --help has the details.");
  auto& all = *options_;

  auto* const stun =
      app_->add_subcommand("stun", "From each local address: what a STUN server sees, and from where it answers");
  stun->add_option("HOST", all.stun.host, "The server: HOST[:PORT], a name or an address; [ADDRESS]:PORT for IPv6")
      ->required();
  add_common(*stun, all.stun, 39.5, "How long to wait, 0.1 to 39.5; default 39.5, as in RFC 8489");
  explain(*stun,
          "Sends a Binding request (RFC 8489) from each local address that can reach the server, all at once, and\n"
          "prints the address that the server saw and the one that it answered from. Any source is taken, so that\n"
          "a wrong one is seen. A request is sent again after 0.5, 1.5, 3.5 ... seconds; the round trip is counted\n"
          "from the last time. Without a port, SRV _stun._udp.HOST is looked up first, then port 3478 is taken.\n"
          "Of a server with several addresses each is asked.");
  all.commands.emplace_back(stun, [&all] { return probe_stun({all.stun.host, all.stun.asking()}); });

  auto* const nat = app_->add_subcommand("nat", "What a NAT or firewall between this host and a STUN server does");
  nat->add_option("HOST", all.nat.host, "The server: HOST[:PORT]; it needs two addresses and RFC 5780")->required();
  add_common(*nat, all.nat, 5, "How long to wait for each answer, 0.1 to 39.5; default 5");
  constexpr unsigned longest_lifetime = 3600;
  nat->add_option("--lifetime", all.lifetime,
                  "The longest time to leave a binding idle; 0: skip this test; default 130")
      ->type_name("SECONDS")
      ->check(CLI::Range(0U, longest_lifetime));
  explain(
      *nat,
      "Makes the tests of RFC 5780: mapping, filtering, hairpinning, binding lifetime, fragments. The verdict is in\n"
      "the terms of RFC 4787, with the old name of RFC 3489 beside it. What could not be found out is said, with\n"
      "the reason, and is never guessed: silence counts as filtering only if the other address of the server is\n"
      "seen to work. A report for IPv4 and one for IPv6 where the server has both; from the local address that\n"
      "routing takes, or from those of --from. It takes up to 20 seconds, and then what --lifetime says, perhaps\n"
      "twice. A finding is a wrong source, or an OTHER-ADDRESS that does not work.");
  all.commands.emplace_back(nat, [&all] {
    return probe_nat({all.nat.host, all.nat.asking(), std::chrono::seconds(all.lifetime)});
  });

  auto* const dns = app_->add_subcommand("dns", "From each local address: what a DNS server answers, and from where");
  dns->add_option("NAME", all.dns_name, "The name to ask for")->required();
  dns->add_option("@SERVER", all.dns.host, "The server: @HOST[:PORT], a name or an address; port 53")->required();
  dns->add_option("--type", all.dns_type, "The type of the records; default A")->type_name("TYPE");
  add_common(*dns, all.dns, 5, "How long to wait, 0.1 to 39.5; default 5");
  explain(*dns,
          "Asks over UDP from each local address that can reach the server, all at once, and prints the answer and\n"
          "the address that it came from. Any source is taken, so that a wrong one is seen; id and question have to\n"
          "fit. Any response code is an answer.");
  all.commands.emplace_back(dns, [&all] {
    auto [name, server] = name_and_server(all.dns_name, all.dns.host);
    return probe_dns({name, server, all.dns_type, all.dns.asking()});
  });

  auto* const compare =
      app_->add_subcommand("compare", "What STUN and DNS of one server see of each local address, side by side");
  compare->add_option("HOST", all.compare.host, "The server: a name or an address")->required();
  compare->add_option("--stun-port", all.stun_port, "Default 3478")->type_name("PORT")->check(CLI::Range(1, 65535));
  compare->add_option("--dns-port", all.dns_port, "Default 53")->type_name("PORT")->check(CLI::Range(1, 65535));
  compare->add_option("--name", all.client_name, "A name whose TXT records say who asked; default client.thence.test")
      ->type_name("NAME");
  add_common(*compare, all.compare, 5, "How long to wait, 0.1 to 39.5; default 5");
  explain(*compare,
          "Asks both from the same socket. Another port is a NAT whose mapping depends on the port that is asked;\n"
          "another address is one with several addresses, or something that takes DNS queries on their way. Both\n"
          "are findings. The DNS server has to answer for such a name as Thence does (dns.zones[].dynamic: client).");
  all.commands.emplace_back(compare, [&all] {
    return probe_compare({all.compare.host, all.stun_port, all.dns_port, all.client_name, all.compare.asking()});
  });
}

Command::~Command() = default;

bool Command::given() const { return app_->parsed(); }

int Command::run() const {
  try {
    for (const auto& [command, run] : options_->commands) {
      if (command->parsed()) return static_cast<int>(run());
    }
  } catch (const Failure& failure) {
    std::cerr << config::utf8_lines(failure.what()) << '\n';
    return static_cast<int>(failure.status());
  }
  return static_cast<int>(Status::usage);
}

}  // namespace thence::probe
