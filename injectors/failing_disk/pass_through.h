// A file system (FUSE) that hands every operation on to a folder, unless it is told to let it fail.
//
// Files are opened, written, locked and mapped as on the folder's own file system; the kernel
// caches pages, so a read that the cache answers asks nobody here. Extended attributes are not
// supported. Names, owners, modes and inode numbers are those beneath.
// Threads: one, of a process that does nothing else and uses no file of this file system itself:
// it would wait for itself.
#pragma once

#include "injectors/failing_disk/disk_orders.h"

namespace reprise {

// Serves until nobody has it mounted any more. `device` is the descriptor of /dev/fuse with which
// it was mounted, `root` one of the folder beneath.
void serve_pass_through(int device, int root, DiskOrders& orders);

}  // namespace reprise
