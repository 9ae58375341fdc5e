// Rules of the kernel's packet filter that die with their owner.
//
// A table is made with `flags owner` over a netlink socket that this object holds: nobody else can
// change it, and the kernel removes it when the socket is closed, however the program ends.
// What is already there is neither read nor touched.
//
// Ownership: destroying the object removes the table. Threads: one at a time per object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

struct nft_ctx;

namespace reprise {

class OwnedTable {
 public:
  // `chains` is what stands in the table, one statement a line, in nft's own language.
  static Result<std::unique_ptr<OwnedTable>> create(const std::string& chains);
  OwnedTable(const OwnedTable&) = delete;
  OwnedTable& operator=(const OwnedTable&) = delete;
  ~OwnedTable();

  // What all counters of the table have counted so far.
  [[nodiscard]] Result<std::uint64_t> packets();
  [[nodiscard]] const std::string& name() const { return name_; }
  // Whether the kernel has a table of that name, whoever owns it; an error when it cannot be asked.
  static Result<bool> exists(const std::string& name);

 private:
  explicit OwnedTable(nft_ctx* context, std::string name);
  nft_ctx* context_;
  std::string name_;
};

// For Injector::state: whether the kernel has the table; an empty name is a table not made yet.
[[nodiscard]] nlohmann::json state_of_table(const std::string& name);

}  // namespace reprise
