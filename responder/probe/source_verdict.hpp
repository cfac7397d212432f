#pragma once

#include "protocols/route.hpp"
#include "responder/probe/failure.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace thence::probe {

/// Whether the server answered from the right source.
enum class SourceVerdict { right, wrong_source, no_answer };

SourceVerdict source_verdict(const Endpoint& asked, const std::optional<Endpoint>& answered_from);

/// As in JSON: "right", "wrong source", "no answer".
std::string_view name(SourceVerdict verdict);
/// As in tables: problems in capital letters.
std::string_view title(SourceVerdict verdict);

/// The combined exit status: a wrong source outranks a missing answer.
Status status_of(const std::vector<SourceVerdict>& verdicts);

}  // namespace thence::probe
