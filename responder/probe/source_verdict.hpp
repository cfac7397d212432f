#pragma once

#include "protocols/route.hpp"
#include "responder/probe/failure.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace thence::probe {

/// What an answer's source says of the server.
enum class SourceVerdict { right, wrong_source, no_answer };

SourceVerdict source_verdict(const Endpoint& asked, const std::optional<Endpoint>& answered_from);

/// As in JSON: "right", "wrong source", "no answer".
std::string_view name(SourceVerdict verdict);
/// As in tables: what is not right in capital letters.
std::string_view title(SourceVerdict verdict);

/// The exit status of several: a wrong source weighs more than an answer that did not come.
Status status_of(const std::vector<SourceVerdict>& verdicts);

}  // namespace thence::probe
