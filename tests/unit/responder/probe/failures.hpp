#pragma once

// How the probe says that it cannot go on.

#include "responder/probe/failure.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace probe_failures {

using namespace thence;
using namespace thence::probe;

/// The status that a call fails with.
template <typename Call>
std::optional<Status> failure_of(const Call& call) {
  try {
    call();
  } catch (const Failure& failure) {
    EXPECT_EQ(std::string(failure.what()).find('\n'), std::string::npos) << failure.what();
    return failure.status();
  }
  return {};
}

}  // namespace probe_failures
