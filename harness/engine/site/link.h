// How the engine obtains the fault proxy without knowing it: injectors/links registers a maker.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/engine/site/surroundings.h"
#include "harness/model/plan/plan.h"

namespace reprise {

struct LinkMaker {
  std::string name;  // "proxy"
  // Starts listening at a free port. `upstream` is host:port, asked for anew for every
  // connection since a service may come back elsewhere. Threads: the maker's own.
  std::function<Result<std::unique_ptr<LinkServer>>(const Link& link, std::string upstream)> make;
};

}  // namespace reprise
