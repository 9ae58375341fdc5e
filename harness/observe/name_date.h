// The date that a file's name tells, by a form as date(1) and strftime(3) write it. Every
// conversion is honoured, or the form is refused: a date that is read without its offset is off by
// hours.
//
// Ownership: a plain value. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

class NameDate {
 public:
  static Result<NameDate> of(std::string_view form);

  // Nothing when the name is not of this form; an error when it is, but in a time zone that only
  // its place knows. UTC where the form tells no offset; a part that it does not tell is the first.
  [[nodiscard]] std::optional<Result<UtcInstant>> in(std::string_view name) const;

 private:
  // A conversion, or a text that stands as it is.
  struct Part {
    char conversion = 0;
    std::string text;
  };
  explicit NameDate(std::vector<Part> parts) : parts_(std::move(parts)) {}
  std::vector<Part> parts_;
};

}  // namespace reprise
