#include "responder/probe/source_verdict.hpp"

#include "responder/probe/binding_transaction.hpp"

#include <algorithm>

namespace thence::probe {

SourceVerdict source_verdict(const Endpoint& asked, const std::optional<Endpoint>& answered_from) {
  if (!answered_from) return SourceVerdict::no_answer;
  return same_endpoint(asked, *answered_from) ? SourceVerdict::right : SourceVerdict::wrong_source;
}

std::string_view name(SourceVerdict verdict) {
  switch (verdict) {
    case SourceVerdict::right:
      return "right";
    case SourceVerdict::wrong_source:
      return "wrong source";
    case SourceVerdict::no_answer:
      break;
  }
  return "no answer";
}

std::string_view title(SourceVerdict verdict) {
  switch (verdict) {
    case SourceVerdict::right:
      return "right";
    case SourceVerdict::wrong_source:
      return "WRONG SOURCE";
    case SourceVerdict::no_answer:
      break;
  }
  return "NO ANSWER";
}

Status status_of(const std::vector<SourceVerdict>& verdicts) {
  const auto has = [&](SourceVerdict verdict) {
    return std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end();
  };
  if (has(SourceVerdict::wrong_source)) return Status::finding;
  return verdicts.empty() || has(SourceVerdict::no_answer) ? Status::no_answer : Status::right;
}

}  // namespace thence::probe
