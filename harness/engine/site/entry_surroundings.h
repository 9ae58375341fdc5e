// The running drill as the writes and readings of a ledger see it: ${entry.…} is filled in as well.
//
// Ownership: refers to the drill's surroundings, which outlive it. Threads: the engine thread.
#pragma once

#include <map>

#include "harness/engine/site/surroundings.h"

namespace reprise {

class EntrySurroundings final : public Surroundings {
 public:
  explicit EntrySurroundings(const Surroundings& drill) : drill_(drill) {}

  // `name` as in "entry.key", without the brackets.
  void set(const std::string& name, std::string value) {
    values_["${" + name + "}"] = std::move(value);
  }

  [[nodiscard]] Result<std::string> resolve(std::string_view text) const override;

  [[nodiscard]] const std::filesystem::path& folder() const override { return drill_.folder(); }
  [[nodiscard]] LinkServer* link(std::string_view name) const override { return drill_.link(name); }
  [[nodiscard]] Result<ProcessId> process(std::string_view service) const override {
    return drill_.process(service);
  }
  [[nodiscard]] std::vector<ProcessId> process_tree(std::string_view service) const override {
    return drill_.process_tree(service);
  }
  [[nodiscard]] Instrument* instrument(std::string_view kind,
                                       std::string_view into) const override {
    return drill_.instrument(kind, into);
  }
  [[nodiscard]] Result<std::string> database(std::string_view name) const override {
    return drill_.database(name);
  }
  [[nodiscard]] Result<std::filesystem::path> file(std::string_view name) const override {
    return drill_.file(name);
  }
  [[nodiscard]] Result<std::filesystem::path> disk(std::string_view name) const override {
    return drill_.disk(name);
  }
  [[nodiscard]] std::vector<Printed> log(std::string_view service,
                                         std::size_t from) const override {
    return drill_.log(service, from);
  }
  [[nodiscard]] std::vector<std::string> environment() const override {
    return drill_.environment();
  }
  [[nodiscard]] Instant now() const override { return drill_.now(); }
  [[nodiscard]] bool sandboxed() const override { return drill_.sandboxed(); }

 private:
  const Surroundings& drill_;
  std::map<std::string, std::string> values_;  // by "${name}"
};

}  // namespace reprise
