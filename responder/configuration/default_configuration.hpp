#pragma once

namespace thence {

/// The text of deploy/thence.yaml, and where a package installs a configuration. CMake makes the definitions.
extern const char* const default_configuration;
extern const char* const installed_configuration;

}  // namespace thence
