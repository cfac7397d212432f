#pragma once

#include <string>
#include <system_error>

/// Processes of the host, and the bounds of this one. Each system has a source file of its own, process_SYSTEM.cpp.
namespace thence::process {

/// The number of this process.
int id() noexcept;

/// The name of a process's program, without folders.
/// @return empty where there is no such process, or it may not be seen
std::string program_of(int id);

/// Asks a running server to read its configuration again: see Signal::reload.
/// @param id of its process, from 1
/// @return what the system said; `operation_not_permitted` for a process of another user
std::error_code ask_to_reload(int id) noexcept;

/// Takes as many descriptors as the system grants: sockets and connections may need more than a shell hands out.
void raise_descriptor_limit() noexcept;

/// Memory of large data goes back to the system as soon as it is freed. The library would begin to keep it for the next
/// time, and a reload would leave behind as much as it took.
void return_large_memory() noexcept;

}  // namespace thence::process
