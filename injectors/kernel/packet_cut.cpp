#include "injectors/kernel/packet_cut.h"

#include "injectors/kernel/first_count.h"
#include "injectors/kernel/nftables.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

// Loopback only: a link is listened to there, and nothing else may be met.
std::string rules(const std::vector<std::uint16_t>& ports, bool reject, const std::string& way) {
  std::string set;
  for (const auto port : ports) set += fmt::format("{}{}", set.empty() ? "" : ", ", port);
  std::string text = "chain cut {\ntype filter hook output priority 0;\n";
  // The refusals are packets of the link themselves, and must arrive.
  if (reject) text += "oifname lo tcp flags & rst == rst accept\n";
  const char* stop = reject ? "reject with tcp reset" : "drop";
  for (const char* end : {"to", "from"}) {
    if (way != "both" && way != end) continue;
    const char* port = std::string_view(end) == "to" ? "dport" : "sport";
    text += fmt::format("oifname lo tcp {} {{ {} }} counter {}\n", port, set, stop);
  }
  return text + "}";
}

class PacketCut final : public Injector {
 public:
  PacketCut(const FaultSpec& spec, const Surroundings& surroundings)
      : spec_(spec), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    std::vector<std::string> links{spec_.into};
    for (const auto& other : spec_.with.value("also", nlohmann::json::array())) {
      links.push_back(other);
    }
    nlohmann::json ports = nlohmann::json::array();
    for (const auto& name : links) {
      const LinkServer* link = surroundings_.link(name);
      if (!link) return failure("there is no link {} in this drill", name);
      ports.push_back(link->endpoint().port);
    }
    return nlohmann::json{{"ports", std::move(ports)}, {"undo", "ends with the program"}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto ports = receipt_field<std::vector<std::uint16_t>>(receipt, "ports");
    if (!ports) return std::unexpected(ports.error());
    const bool reject = spec_.with.value("how", "refuse") == "refuse";
    auto table = OwnedTable::create(rules(*ports, reject, spec_.with.value("direction", "both")));
    if (!table) return std::unexpected(table.error());
    table_ = std::move(*table);
    name_ = table_->name();
    first_.begin(surroundings_.now());
    return {};
  }

  Result<void> revert(const nlohmann::json&) override {
    table_.reset();
    return {};
  }

  std::optional<Bite> confirm() override {
    if (!table_) return std::nullopt;
    const Instant asked = surroundings_.now();
    const auto packets = table_->packets();
    const auto at = first_.look(asked, packets);
    if (!at) return std::nullopt;
    return Bite{*at, fmt::format("{} packets stopped by the kernel", *packets)};
  }

  nlohmann::json state() override { return state_of_table(name_); }

 private:
  FaultSpec spec_;
  const Surroundings& surroundings_;
  std::unique_ptr<OwnedTable> table_;
  std::string name_;  // of the table, also when it is gone
  FirstCount first_;
};

}  // namespace

std::unique_ptr<Injector> packet_cut(const FaultSpec& spec, const Surroundings& surroundings) {
  return std::make_unique<PacketCut>(spec, surroundings);
}

}  // namespace reprise
