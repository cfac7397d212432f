#pragma once

namespace thence {

/// The text of deploy/thence.yaml, and the path of an installed configuration. Both are defined by CMake.
extern const char* const default_configuration;
extern const char* const installed_configuration;

}  // namespace thence
