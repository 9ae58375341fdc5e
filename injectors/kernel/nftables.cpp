#include "injectors/kernel/nftables.h"

#include <atomic>
#include <charconv>
#include <string_view>

#include <nftables/libnftables.h>
#include <unistd.h>

namespace reprise {
namespace {

// Told apart from every other table of this machine, also of another drill of this process.
std::string next_name() {
  static std::atomic<unsigned> number{0};
  return fmt::format("reprise-{}-{}", ::getpid(), ++number);
}

std::string first_of_lines(const char* text) {
  const std::string all = text ? text : "";
  return all.substr(0, all.find('\n'));
}

// The listing is read as text: libnftables 1.0.6 reads past its own names when it writes the
// flag `owner` as JSON.
std::uint64_t counted(std::string_view listing) {
  static constexpr std::string_view before = "counter packets ";
  std::uint64_t sum = 0;
  for (auto at = listing.find(before); at != listing.npos; at = listing.find(before, at)) {
    at += before.size();
    std::uint64_t packets = 0;
    std::from_chars(listing.data() + at, listing.data() + listing.size(), packets);
    sum += packets;
  }
  return sum;
}

}  // namespace

OwnedTable::OwnedTable(nft_ctx* context, std::string name)
    : context_(context), name_(std::move(name)) {}

OwnedTable::~OwnedTable() { nft_ctx_free(context_); }

Result<bool> OwnedTable::exists(const std::string& name) {
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  if (!context) return failure("the packet filter cannot be spoken to");
  nft_ctx_buffer_output(context);
  nft_ctx_buffer_error(context);
  const bool listed = nft_run_cmd_from_buffer(context, "list tables inet") == 0;
  const std::string tables = listed ? nft_ctx_get_output_buffer(context) : "";
  const std::string why = listed ? "" : first_of_lines(nft_ctx_get_error_buffer(context));
  nft_ctx_free(context);
  if (!listed) return failure("{}", why);
  return tables.find("table inet " + name + "\n") != tables.npos;
}

Result<std::unique_ptr<OwnedTable>> OwnedTable::create(const std::string& chains) {
  nft_ctx* context = nft_ctx_new(NFT_CTX_DEFAULT);
  if (!context) return failure("the packet filter cannot be spoken to");
  nft_ctx_buffer_output(context);
  nft_ctx_buffer_error(context);
  std::unique_ptr<OwnedTable> table(new OwnedTable(context, next_name()));
  const std::string text =
      fmt::format("table inet {} {{\nflags owner;\n{}\n}}\n", table->name_, chains);
  if (nft_run_cmd_from_buffer(context, text.c_str()) == 0) return table;
  return std::unexpected(Error{fmt::format("the packet filter refused its rules: {}",
                                           first_of_lines(nft_ctx_get_error_buffer(context))),
                               "it needs a sandbox or root, and nf_tables in the kernel",
                               {}});
}

Result<std::uint64_t> OwnedTable::packets() {
  const std::string ask = "list table inet " + name_;
  if (nft_run_cmd_from_buffer(context_, ask.c_str()) != 0) {
    return failure("{}", first_of_lines(nft_ctx_get_error_buffer(context_)));
  }
  return counted(nft_ctx_get_output_buffer(context_));
}

nlohmann::json state_of_table(const std::string& name) {
  if (name.empty()) return {{"packet filter", "without it"}};
  const auto there = OwnedTable::exists(name);
  if (!there) return nlohmann::json::object();
  return {{"packet filter", *there ? "with table " + name : "without it"}};
}

}  // namespace reprise
