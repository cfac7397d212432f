#include "responder/probe/nat_behavior.hpp"

#include "protocols/endpoint_text.hpp"
#include "responder/host/address.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace thence::probe {

namespace {

using Reasons = std::vector<NotFoundOut>;
using std::chrono::seconds;

constexpr std::string_view mapping_word = "mapping";
constexpr std::string_view filtering_word = "filtering";
constexpr seconds required_lifetime{120};  // RFC 4787 REQ-5

void add(Reasons& reasons, std::string_view what, const std::string& why) {
  reasons.push_back({std::string(what), why});
}

std::string why_silent(const BindingOutcome& outcome) {
  if (!outcome.tried) return "was not asked";
  if (outcome.refused()) return "answers with error " + error_text(*outcome.response);
  if (outcome.answered_from) return "was asked, but " + text(*outcome.answered_from) + " answered";
  return "does not answer (" + outcome.why + ")";
}

std::optional<Alternates> alternates_of(const NatObservations& seen) {
  const auto& response = seen.primary.response;
  return response && response->other_address ? alternates(seen.server, *response->other_address) : std::nullopt;
}

/// Why mapping and filtering cannot be tested with this server.
std::string why_no_alternates(const NatObservations& seen) {
  const auto& other = seen.primary.response->other_address;
  if (!other) return "the server names no OTHER-ADDRESS: it has one address, or behaviour discovery (RFC 5780) is off";
  if (other->address().is_v4() != seen.server.address().is_v4())
    return "the server names an OTHER-ADDRESS of another family, " + text(*other);
  const bool address = without_scope(other->address()) == without_scope(seen.server.address());
  const bool port = other->port() == seen.server.port();
  return "the server names " + text(*other) + " as OTHER-ADDRESS, which is " +
         (address && port ? "the one asked" : std::string("the same ") + (address ? "address" : "port") + " as asked") +
         "; perhaps it does so only when asked here, so ask its first address";
}

// ---------------------------------------------------------------------------------------------------------- filtering

enum class Change { arrived, silent, refused, wrong_source, not_tried };

Change change_of(const BindingOutcome& outcome, const Endpoint& expected) {
  if (!outcome.tried) return Change::not_tried;
  if (outcome.silent()) return Change::silent;
  if (outcome.refused()) return Change::refused;
  return came_from(outcome, expected) ? Change::arrived : Change::wrong_source;
}

/// Why a filtering test without an answer proves nothing about the filter.
std::optional<std::string> says_nothing(const FilteringTest& test, const BindingOutcome& direct,
                                        const Endpoint& alternate, bool same_mapping) {
  switch (change_of(test.fresh, alternate)) {
    case Change::not_tried:
      return "the test was not made";
    case Change::refused:
      return "the server refuses CHANGE-REQUEST: " + error_text(*test.fresh.response);
    case Change::wrong_source:
      return "asked to answer from " + text(alternate) + ", the server answered from " +
             text(*test.fresh.answered_from);
    case Change::arrived:
    case Change::silent:
      break;
  }
  if (!came_from(direct, alternate))
    return "no answer came from " + text(alternate) + ", but asked directly it " + why_silent(direct) + " as well";
  // With one mapping per destination, the answer would arrive at a mapping other than the one that was opened.
  if (same_mapping && test.opened.tried && !came_from(test.opened, alternate))
    return "the server does not answer from " + text(alternate) + " on request even where the filter is open for it";
  return {};
}

std::optional<Dependence> filtering_of(const NatObservations& seen, std::optional<Dependence> mapping,
                                       Reasons& reasons) {
  const auto alternate = alternates_of(seen);
  if (!alternate) return add(reasons, filtering_word, why_no_alternates(seen)), std::nullopt;
  const auto both = change_of(seen.change_both.fresh, alternate->both);
  const auto port = change_of(seen.change_port.fresh, alternate->port);
  if (both == Change::arrived) return Dependence::endpoint_independent;
  const bool same_mapping = mapping == Dependence::endpoint_independent;
  if (const auto why = says_nothing(seen.change_both, seen.alternate_both, alternate->both, same_mapping)) {
    const bool narrowed = port == Change::arrived;
    add(reasons, filtering_word, (narrowed ? "not address-and-port-dependent, but " : "") + *why);
    return {};
  }
  if (port == Change::arrived) return Dependence::address_dependent;
  if (const auto why = says_nothing(seen.change_port, seen.alternate_port, alternate->port, same_mapping)) {
    add(reasons, filtering_word, "not endpoint-independent, but " + *why);
    return {};
  }
  return Dependence::address_and_port_dependent;
}

// -------------------------------------------------------------------------------------------------- other properties

std::optional<bool> hairpinning_of(const NatObservations& seen, std::optional<Dependence> mapping, Reasons& reasons) {
  constexpr std::string_view what = "hairpinning";
  if (seen.hairpin == Hairpin::received) return true;
  if (seen.hairpin == Hairpin::not_tried) {
    add(reasons, what, "the test was not made");
  } else if (mapping != Dependence::endpoint_independent) {
    add(reasons, what,
        "nothing came back, but where a mapping may depend on the destination, a filter may have kept it out");
  } else {
    return false;
  }
  return {};
}

void decide_fragments(const NatObservations& seen, NatBehavior& decided) {
  constexpr std::string_view what = "fragments";
  auto& reasons = decided.not_found_out;
  const auto& test = seen.padding;
  if (!test.padded.tried) {
    add(reasons, what,
        test.link_mtu == 0 ? "the test was not made"
                           : "the link takes " + std::to_string(test.link_mtu) +
                                 " octets at once, so nothing that a STUN server must accept is fragmented");
    return;
  }
  if (test.padded.success() || test.heavy.success()) decided.fragmented_requests = true;
  if (test.heavy.silent() && test.whole.success()) decided.fragmented_requests = false;
  if (test.padded.success() && test.response_size > test.link_mtu) decided.fragmented_responses = true;
  if (test.padded.silent() && test.heavy.success() && test.small.success()) decided.fragmented_responses = false;
  if (decided.fragmented_requests == false || decided.fragmented_responses == false) {
    decided.fragments = false;
  } else if (decided.fragmented_requests == true && decided.fragmented_responses == true) {
    decided.fragments = true;
  } else if (const auto* const refused = test.padded.refused() ? &test.padded : &test.small; refused->refused()) {
    add(reasons, what, "the server refuses PADDING: " + error_text(*refused->response));
  } else if (test.padded.success()) {
    add(reasons, what, "a request in fragments arrives, but the server answers without them");
  } else if (decided.fragmented_requests == true) {
    add(reasons, what,
        "a request in fragments arrives, but one with PADDING gets no answer: the server may not answer it, or the "
        "fragments of its answer may be lost");
  } else {
    add(reasons, what, "large requests are not answered, not even those that need no fragments");
  }
}

Lifetime lifetime_of(const LifetimeTests& lifetime, bool wanted, Reasons& reasons) {
  constexpr std::string_view what = "binding lifetime";
  Lifetime found;
  if (!lifetime.why_not.empty() || lifetime.tests.empty()) {
    if (wanted) add(reasons, what, lifetime.why_not.empty() ? "the test was not made" : lifetime.why_not);
    return found;
  }
  for (const auto& test : lifetime.tests) {
    if (test.survived && (!found.at_least || test.left_alone > *found.at_least)) found.at_least = test.left_alone;
  }
  for (const auto& test : lifetime.tests) {
    // A lost datagram can make a binding seem gone after a shorter time than another survived.
    if (test.survived || (found.at_least && test.left_alone <= *found.at_least)) continue;
    if (!found.less_than || test.left_alone < *found.less_than) found.less_than = test.left_alone;
  }
  return found;
}

// ---------------------------------------------------------------------------------------------------------- in words

std::string_view in_words(Dependence dependence) {
  constexpr std::array words{"endpoint-independent", "address-dependent", "address and port-dependent"};
  return words[static_cast<std::size_t>(dependence)];
}

std::optional<std::string> old_name_of(const NatBehavior& decided) {
  if (!decided.nat) return {};
  if (!*decided.nat) {
    if (!decided.filtering) return {};
    return decided.filtering == Dependence::endpoint_independent ? "open Internet" : "symmetric UDP firewall";
  }
  if (!decided.mapping) return {};
  if (decided.mapping != Dependence::endpoint_independent) return "symmetric";
  if (!decided.filtering) return {};
  constexpr std::array cones{"full cone", "restricted cone", "port-restricted cone"};
  return cones[static_cast<std::size_t>(*decided.filtering)];
}

std::string between_peers(const NatBehavior& decided) {
  if (!decided.nat || !decided.mapping || (!decided.filtering && decided.mapping == Dependence::endpoint_independent)) {
    return "what was found out does not tell whether peers can reach this host";
  }
  if (decided.mapping != Dependence::endpoint_independent) {
    return "a peer can be reached directly only where its own filtering does not depend on the port; otherwise a relay "
           "(TURN) is needed";
  }
  const std::string address = *decided.nat ? "at its reflexive address" : "at its own address";
  switch (*decided.filtering) {
    case Dependence::endpoint_independent:
      return "any peer can reach this host " + address + " at any time";
    case Dependence::address_dependent:
      return "a peer can reach this host " + address + " once this host has sent to the peer's address";
    case Dependence::address_and_port_dependent:
      break;
  }
  return "a peer can reach this host " + address +
         " once this host has sent to the peer's address and port, so not a peer whose mapping depends on the "
         "destination";
}

std::string lifetime_in_words(const NatBehavior& decided) {
  const auto& [at_least, less_than] = decided.lifetime;
  if (less_than && *less_than <= required_lifetime)
    return ". A binding lasts less than " + std::to_string(less_than->count()) +
           " s, and RFC 4787 (REQ-5) wants at least 120 s: send keepalives more often than that";
  return "";
}

std::string verdict_of(const NatBehavior& decided, const NatObservations& seen) {
  if (!decided.nat) return "the server does not answer (" + seen.primary.why + "): nothing was found out";
  std::string said;
  const auto filtering = decided.filtering ? std::string(in_words(*decided.filtering)) + " filtering"
                                           : std::string("filtering not found out");
  if (!*decided.nat) {
    said = "no NAT, ";
    if (decided.filtering == Dependence::endpoint_independent) {
      said += "no firewall that filters by the sender";
    } else {
      said += decided.filtering ? "a firewall with " + filtering : filtering;
    }
  } else {
    said = decided.mapping ? std::string(in_words(*decided.mapping)) + " mapping, "
                           : std::string("NAT, mapping not found out, ");
    said += filtering;
  }
  if (decided.old_name) said += " (\"" + *decided.old_name + "\")";
  return said + ": " + between_peers(decided) + lifetime_in_words(decided);
}

// ---------------------------------------------------------------------------------------------------------- findings

void find_faults(const NatObservations& seen, std::vector<std::string>& findings) {
  const auto answered_elsewhere = [&](const BindingOutcome& outcome) {
    if (!outcome.answered_from || same_endpoint(*outcome.answered_from, outcome.asked)) return;
    auto finding =
        "WRONG SOURCE: asked on " + text(outcome.asked) + ", the server answered from " + text(*outcome.answered_from);
    if (std::find(findings.begin(), findings.end(), finding) == findings.end()) findings.push_back(std::move(finding));
  };
  for (const auto* const each :
       {&seen.primary, &seen.alternate_address, &seen.alternate_both, &seen.alternate_port, &seen.padding.padded})
    answered_elsewhere(*each);
  if (seen.primary.refused()) findings.push_back("the server answers with error " + error_text(*seen.primary.response));
  if (!seen.primary.success() || !seen.primary.response->other_address) return;
  const auto alternate = alternates_of(seen);
  if (!alternate) {
    findings.push_back(why_no_alternates(seen));
    return;
  }
  for (const auto& [test, expected] :
       {std::pair(&seen.change_both.fresh, alternate->both), std::pair(&seen.change_port.fresh, alternate->port)}) {
    if (change_of(*test, expected) == Change::wrong_source)
      findings.push_back("WRONG SOURCE: asked to answer from " + text(expected) + ", the server answered from " +
                         text(*test->answered_from));
  }
  for (const auto& [outcome, which] :
       {std::pair(&seen.alternate_address, alternate->address), std::pair(&seen.alternate_both, alternate->both),
        std::pair(&seen.alternate_port, alternate->port)}) {
    if (outcome->silent() || outcome->refused())
      findings.push_back(text(which) + ", an address of the server by its OTHER-ADDRESS, " + why_silent(*outcome));
  }
}

}  // namespace

std::string_view name(Dependence dependence) {
  constexpr std::array names{"endpoint-independent", "address-dependent", "address-and-port-dependent"};
  return names[static_cast<std::size_t>(dependence)];
}

std::optional<Alternates> alternates(const Endpoint& asked, const Endpoint& other_address) {
  const auto other = without_scope(other_address.address());
  if (other.is_v4() != asked.address().is_v4() || other == without_scope(asked.address()) ||
      other_address.port() == asked.port())
    return {};
  const auto address = is_link_local(asked.address()) ? with_scope(other, asked.address().to_v6().scope_id()) : other;
  return Alternates{.address = Endpoint(address, asked.port()),
                    .port = Endpoint(asked.address(), other_address.port()),
                    .both = Endpoint(address, other_address.port())};
}

bool came_from(const BindingOutcome& outcome, const Endpoint& expected) {
  return outcome.success() && outcome.answered_from && same_endpoint(*outcome.answered_from, expected);
}

std::optional<Dependence> mapping_of(const NatObservations& seen, Reasons& not_found_out) {
  const auto& first = *seen.primary.response->reflexive;
  // Without translation there is no mapping that could depend on the destination (§4.3).
  if (same_endpoint(first, seen.local)) return Dependence::endpoint_independent;
  const auto alternate = alternates_of(seen);
  if (!alternate) return add(not_found_out, mapping_word, why_no_alternates(seen)), std::nullopt;

  const auto reflexive = [](const BindingOutcome& outcome, const Endpoint& asked) {
    return came_from(outcome, asked) ? outcome.response->reflexive : std::nullopt;
  };
  const auto by_address = reflexive(seen.alternate_address, alternate->address);
  const auto by_both = reflexive(seen.alternate_both, alternate->both);
  const auto by_port = reflexive(seen.alternate_port, alternate->port);
  const auto why = [&](const BindingOutcome& outcome, const Endpoint& asked) {
    return text(asked) + ", an address of the server by its OTHER-ADDRESS, " + why_silent(outcome);
  };
  if (!by_address && !by_both) {
    add(not_found_out, mapping_word, why(seen.alternate_both, alternate->both));
    return {};
  }
  const auto differs = [&](const std::optional<Endpoint>& other) { return other && !same_endpoint(*other, first); };
  if (!differs(by_address) && !differs(by_both) && !differs(by_port)) return Dependence::endpoint_independent;
  if (differs(by_port)) return Dependence::address_and_port_dependent;
  if (by_address && by_both) {
    return same_endpoint(*by_address, *by_both) ? Dependence::address_dependent
                                                : Dependence::address_and_port_dependent;
  }
  add(not_found_out, mapping_word,
      "it depends on the destination, but " +
          (by_address ? why(seen.alternate_both, alternate->both) : why(seen.alternate_address, alternate->address)));
  return {};
}

NatBehavior decide(const NatObservations& seen) {
  NatBehavior decided;
  find_faults(seen, decided.findings);
  if (seen.primary.success()) {
    auto& reasons = decided.not_found_out;
    decided.nat = !same_endpoint(*seen.primary.response->reflexive, seen.local);
    decided.mapping = mapping_of(seen, reasons);
    decided.filtering = filtering_of(seen, decided.mapping, reasons);
    if (*decided.nat) decided.hairpinning = hairpinning_of(seen, decided.mapping, reasons);
    const bool state_is_kept = *decided.nat || decided.filtering != Dependence::endpoint_independent;
    decided.lifetime = lifetime_of(seen.lifetime, state_is_kept, reasons);
    decide_fragments(seen, decided);
    decided.old_name = old_name_of(decided);
  } else {
    add(decided.not_found_out, "all", "the server " + why_silent(seen.primary));
  }
  decided.verdict = verdict_of(decided, seen);
  return decided;
}

}  // namespace thence::probe
