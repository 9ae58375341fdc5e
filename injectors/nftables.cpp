#include "injectors/nftables.h"

#include <atomic>

#include <nftables/libnftables.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace reprise {
namespace {

// Told apart from every other table of this machine, also of another drill of this process.
std::string next_name() {
  static std::atomic<unsigned> number{0};
  return fmt::format("reprise-{}-{}", ::getpid(), ++number);
}

std::string first_line(const char* text) {
  const std::string all = text ? text : "";
  return all.substr(0, all.find('\n'));
}

std::uint64_t counted(const nlohmann::json& value) {
  std::uint64_t sum = 0;
  if (value.is_object() && value.contains("counter")) {
    sum += value.at("counter").value("packets", std::uint64_t{0});
  }
  if (value.is_structured()) {
    for (const auto& part : value) sum += counted(part);
  }
  return sum;
}

}  // namespace

OwnedTable::OwnedTable(nft_ctx* context, std::string name)
    : context_(context), name_(std::move(name)) {}

OwnedTable::~OwnedTable() { nft_ctx_free(context_); }

Result<std::unique_ptr<OwnedTable>> OwnedTable::create(const std::string& chains) {
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  if (!context) return failure("the packet filter cannot be spoken to");
  nft_ctx_buffer_output(context);
  nft_ctx_buffer_error(context);
  nft_ctx_output_set_flags(context, NFT_CTX_OUTPUT_JSON);
  std::unique_ptr<OwnedTable> table(new OwnedTable(context, next_name()));
  const std::string text =
      fmt::format("table inet {} {{\nflags owner;\n{}\n}}\n", table->name_, chains);
  if (nft_run_cmd_from_buffer(context, text.c_str()) == 0) return table;
  return std::unexpected(Error{fmt::format("the packet filter refused its rules: {}",
                                           first_line(nft_ctx_get_error_buffer(context))),
                               "it needs a sandbox or root, and nf_tables in the kernel",
                               {}});
}

Result<std::uint64_t> OwnedTable::packets() {
  const std::string ask = "list table inet " + name_;
  if (nft_run_cmd_from_buffer(context_, ask.c_str()) != 0) {
    return failure("{}", first_line(nft_ctx_get_error_buffer(context_)));
  }
  const auto listing = nlohmann::json::parse(nft_ctx_get_output_buffer(context_), nullptr,
                                             /*allow_exceptions=*/false);
  return counted(listing);
}

}  // namespace reprise
