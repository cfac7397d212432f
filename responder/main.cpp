#include "config/reader.hpp"
#include "config/utf8.hpp"
#include "responder/command/commands.hpp"
#include "responder/configuration/default_configuration.hpp"
#include "responder/configuration/registry.hpp"
#include "responder/configuration/snapshot.hpp"
#include "responder/probe/command_probe.hpp"

#include <iostream>

#include <CLI/CLI.hpp>

namespace {

using thence::command::ConfigurationFile;

struct Subcommand {
  const char* name;
  const char* title;
  const char* explanation;
  int (*run)(const ConfigurationFile&);
};

constexpr Subcommand subcommands[] = {
    {"serve", "Answer requests, in the foreground",
     "Answer requests, in the foreground, until SIGTERM or SIGINT (Ctrl-C). First it prints a row for each\n"
     "local address: what is served there, and a command to try. The log goes to standard error; if\n"
     "log.format is json, these rows are part of it.\n"
     "SIGHUP reloads the configuration and changed zone files, SIGUSR1 logs the counters.\n\n"
     "Exit status: 0 stopped by a signal, 1 cannot start (for example, a port is in use),\n"
     "2 bad configuration.",
     thence::command::serve},
    {"check", "Say what is wrong with a configuration",
     "Read a configuration and the files it names (zone files), and report everything that is wrong, each as\n"
     "FILE:LINE:COLUMN: KEY: what is wrong; what is allowed. Serves nothing and changes nothing.\n"
     "With --explain, say what a request would get, and why: whether a listener serves it, which view, and the\n"
     "answer. Further keys are port=5300, transport=tcp, type=AAAA and subnet=203.0.113.0/24 (as sent by a resolver).\n"
     "The interface is the one on which the request arrives; it need not exist on this host. Without it, the request\n"
     "is explained for each interface on which it can arrive, where that makes a difference.\n\n"
     "Exit status: 0 good, possibly with warnings, 2 bad.",
     [](const ConfigurationFile& file) { return thence::command::check(file, std::nullopt); }},
    {"addresses", "Say what is served on which address",
     "Print a row for each local address of the interfaces that are up: what the configuration serves there, and\n"
     "the views that may answer, in order; then, where they differ, those for other arrival interfaces.\n"
     "The server need not be running, and is not contacted.\n\n"
     "Exit status: 0, 2 bad configuration.",
     [](const ConfigurationFile& file) { return thence::command::addresses(file, {}); }},
    {"selftest", "Query the running server on each address, and check where the answers come from",
     "Query a server that runs on this host with the same configuration: from each local address to each\n"
     "address it serves, for each protocol, over UDP and TCP. Prints the address queried, the address that answered,\n"
     "and a verdict. Traffic within a host does not cross a network: routing and firewalls are not tested.\n\n"
     "Exit status: 0 every answer came from the address queried, 1 not so, 2 bad configuration.",
     thence::command::selftest},
    {"health", "Ask the running server whether it is ready",
     "Ask a server on this host whether it is serving and not shutting down, at the address and port in\n"
     "admin.listen of the configuration, and print its answer. Nothing else in the configuration is read.\n\n"
     "Exit status: 0 ready, 1 not ready or unreachable, 2 bad configuration.",
     thence::command::health},
    {"reload", "Make the running server reload its configuration, and report the result",
     "Send SIGHUP to the server on this host, found through admin.listen of the configuration, and wait\n"
     "until it has reloaded its configuration and zone files. Run it as the server's user or as root, so\n"
     "that it may send the signal.\n\n"
     "Exit status: 0 done, 1 refused, not finished in time, or unreachable, 2 bad configuration.",
     [](const ConfigurationFile& file) { return thence::command::reload(file, {}); }},
};

/// What the program answers, such as `DNS and STUN`.
std::string titles() {
  const auto all = thence::plugins();
  std::string text(all.front().title);
  for (const auto& each : all.subspan(1)) {
    text.append(&each == &all.back() ? " and " : ", ").append(each.title);
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("thence " THENCE_VERSION ": a UDP responder for hosts with more than one address. It answers " +
               titles() + "\nfrom exactly the address that was asked.\n");
  app.set_version_flag("--version", "thence " THENCE_VERSION);
  app.require_subcommand(1);
  app.footer("\nRun thence SUBCOMMAND --help for more.");

  std::string file;
  const auto* const given =
      app.add_option("-c,--config", file,
                     "The configuration; by default " + std::string(thence::installed_configuration) +
                         " if it exists, else the built-in default")
          ->type_name("FILE");
  for (const auto& [name, title, explanation, run] : subcommands) {
    auto* const subcommand = app.add_subcommand(name, title)->fallthrough();
    subcommand->footer('\n' + std::string(explanation));
  }
  std::string supposed;
  const auto* const explain =
      app.get_subcommand("check")
          ->add_option(
              "--explain", supposed,
              "Say what this request would get: interface=eth1,local=10.0.0.1,client=10.9.8.7,name=example.com")
          ->type_name("REQUEST");
  thence::command::AddressesOptions addresses;
  app.get_subcommand("addresses")->add_flag("--json", addresses.json, "Print one line of JSON");
  app.get_subcommand("addresses")->add_flag("--watch", addresses.watch, "Print again whenever addresses come or go");
  thence::command::ReloadOptions reload;
  auto patience = reload.patience.count();
  app.get_subcommand("reload")
      ->add_option("--timeout", patience, "Seconds to wait for the reload to finish")
      ->capture_default_str()
      ->check(CLI::Range(1, 86400))
      ->type_name("SECONDS");
  app.get_subcommand("reload")
      ->add_option("--pid", reload.pid,
                   "The server's process ID, if admin.listen has been edited since the server read it")
      ->check(CLI::PositiveNumber)
      ->type_name("PID");
  const thence::probe::Command probe(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    if (argc < 2 || argv[1][0] == '-' || probe.given()) return app.exit(error), thence::command::usage;
    std::vector<std::string_view> names{"probe"};
    for (const auto& each : subcommands) names.emplace_back(each.name);
    const auto meant = thence::config::near_miss(argv[1], names);
    std::cerr << "no subcommand '" << thence::config::utf8(argv[1]) << "'"
              << (meant ? ", did you mean '" + std::string(*meant) + "'?" : "")
              << "\nRun with --help for more information.\n";
    return thence::command::usage;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : thence::command::usage;
  }

  thence::command::begin();
  try {
    if (probe.given()) return probe.run();
    const auto configuration = thence::chosen_configuration(given->empty() ? ConfigurationFile() : file);
    if (!explain->empty()) return thence::command::check(configuration, supposed);
    if (app.got_subcommand("addresses")) return thence::command::addresses(configuration, addresses);
    if (app.got_subcommand("reload")) {
      reload.patience = std::chrono::seconds(patience);
      return thence::command::reload(configuration, reload);
    }
    for (const auto& [name, title, explanation, run] : subcommands) {
      if (app.got_subcommand(name)) return run(configuration);
    }
  } catch (const thence::config::Invalid& invalid) {
    std::cerr << thence::config::utf8_lines(invalid.what()) << '\n';
    return thence::command::usage;
  } catch (const std::exception& error) {
    std::cerr << "thence: " << thence::config::utf8_lines(error.what()) << '\n';
  }
  return 1;
}
