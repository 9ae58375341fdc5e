// Files of a FUSE file system that have lost their name while they are open.
//
// The library keeps them by a name of its own, since the kernel may ask for their attributes
// without a descriptor. Nobody is to see that name, and no folder is kept by it. Threads: any.
#pragma once

#include <functional>
#include <string_view>

#include <dirent.h>

namespace reprise {

[[nodiscard]] bool nameless(std::string_view path);

// Gives every name in the open folder, "." and ".." too, until `each` says no. 0, or -errno.
int walk_folder(int folder, const std::function<bool(const dirent&)>& each);

// Whoever has them open goes on with the descriptor.
void remove_nameless(int root, const char* folder);

}  // namespace reprise
