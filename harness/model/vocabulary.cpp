#include "harness/model/vocabulary.h"

namespace reprise {

std::string_view target_name(Target target) {
  switch (target) {
    case Target::none: return "none";
    case Target::service: return "service";
    case Target::link: return "link";
    case Target::file: return "file";
    case Target::database: return "database";
    case Target::disk: return "disk";
  }
  return "none";
}

}  // namespace reprise
