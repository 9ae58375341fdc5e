// Reading a receipt back. It may come from a file that another process wrote, or be cut short, so
// a field that is absent or of another type is an error and never an exception.
//
// Ownership: values. Threads: any.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

template <class T>
[[nodiscard]] Result<T> receipt_field(const nlohmann::json& receipt, const char* name) {
  if (!receipt.is_object() || !receipt.contains(name)) {
    return failure("the receipt has no \"{}\"", name);
  }
  try {
    return receipt.at(name).get<T>();
  } catch (const nlohmann::json::exception&) {
    return failure("\"{}\" of the receipt is not of the expected type", name);
  }
}

}  // namespace reprise
