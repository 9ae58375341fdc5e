#include "harness/model/plan/reach.h"

#include <algorithm>
#include <cstdlib>

#include <arpa/inet.h>

#include "harness/model/plan/expansion.h"
#include "harness/model/secrets/escapes.h"
#include "harness/model/shapes/shape_node.h"
#include "harness/model/shapes/shapes.h"

namespace reprise {
namespace {

constexpr std::string_view this_machine = "127.0.0.1:1";
constexpr int most_links = 8;  // a link that leads to itself leads nowhere

bool is_local(std::string host) {
  if (host.starts_with('/') || host.starts_with('@')) return true;  // a local socket
  if (host.ends_with('.')) host.pop_back();
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  in_addr four{};
  if (::inet_pton(AF_INET, host.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24U) == 127;
  in6_addr six{};
  if (::inet_pton(AF_INET6, host.c_str(), &six) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && six.s6_addr[12] == 127);
}

// host, host:port, [host]:port
std::string host_of(std::string_view address) {
  if (address.starts_with('[')) return std::string(address.substr(1, address.find(']') - 1));
  // More than one colon and no brackets: an address of six.
  const bool six = std::ranges::count(address, ':') > 1;
  return std::string(six ? address : address.substr(0, address.find(':')));
}

std::string filled_in(const Plan& plan, std::string_view text, int links);

std::string address_of(const Plan& plan, const std::string& to, int links) {
  const auto service = plan.services.find(to);
  if (service == plan.services.end()) return filled_in(plan, to, links);
  const bool external = service->second.external;
  return external ? service->second.address : std::string(this_machine);
}

// What a reference stands for; a service or a link's port is on this machine, unless the link
// itself leads elsewhere.
std::string meaning(const Plan& plan, std::string_view reference, int links) {
  const auto dot = reference.rfind('.');
  const auto owner = reference.substr(0, dot == reference.npos ? 0 : dot);
  const std::string_view services = "services.";
  const std::string_view through = "links.";
  std::string address(this_machine);
  if (owner.starts_with(services)) {
    address = address_of(plan, std::string(owner.substr(services.size())), links);
  } else if (owner.starts_with(through) && links > 0) {
    const auto link = plan.links.find(std::string(owner.substr(through.size())));
    if (link != plan.links.end()) address = address_of(plan, link->second.to, links - 1);
  }
  return reference.ends_with(".address") ? address : "1";
}

std::string filled_in(const Plan& plan, std::string_view text, int links) {
  std::string out;
  while (true) {
    const auto begin = text.find("${");
    const auto end = begin == text.npos ? begin : text.find('}', begin);
    out += text.substr(0, begin);
    if (end == text.npos) return out;
    out += meaning(plan, text.substr(begin + 2, end - begin - 2), links);
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// Adds the hosts that settings like host=a,b name; a service file may name any.
void add_hosts(const std::vector<std::string>& settings, std::vector<std::string>& hosts) {
  for (const std::string& setting : settings) {
    const auto equals = std::min(setting.find('='), setting.size());
    const std::string name = setting.substr(0, equals);
    std::string value = percent_decoded(std::string_view(setting).substr(equals));
    value.erase(0, 1);
    std::erase(value, '\'');
    if (name == "service") hosts.push_back("service " + value);
    if (name != "host" && name != "hostaddr") continue;
    std::ranges::move(split(value, ","), std::back_inserter(hosts));
  }
}

// The hosts of a database's URL or settings; what libpq would add from the environment as well.
std::vector<std::string> hosts_of(std::string_view settings) {
  std::vector<std::string> hosts;
  const auto scheme = settings.find("://");
  if (scheme == settings.npos) {
    add_hosts(split(settings, " \t\n"), hosts);
  } else {
    const auto rest = settings.substr(scheme + 3);
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = rest.substr(0, end);
    const auto at = authority.rfind('@');
    const auto listed = at == authority.npos ? authority : authority.substr(at + 1);
    for (const std::string& one : split(listed, ",")) {
      const std::string host = percent_decoded(host_of(one));
      if (!host.empty()) hosts.push_back(host);
    }
    const auto question = rest.find('?');
    if (question != rest.npos) add_hosts(split(rest.substr(question + 1), "&"), hosts);
  }
  if (!hosts.empty()) return hosts;
  for (const char* name : {"PGHOST", "PGHOSTADDR", "PGSERVICE"}) {
    if (const char* value = std::getenv(name)) hosts.emplace_back(value);
  }
  return hosts;
}

struct Goal {
  std::string table;  // link, database, service
  std::string name;
};

// What a fault's options name besides its target, as `also:` of network_cut does.
void add_goals(const Shape& shape, const nlohmann::json& value, std::vector<Goal>& goals) {
  const ShapeNode& node = shape.node();
  if (node.type == ShapeType::name && !node.pattern.empty() && value.is_string()) {
    goals.push_back({node.pattern, value.get<std::string>()});
  }
  for (const auto& field : node.fields) {
    if (value.contains(field.name)) add_goals(field.shape, value.at(field.name), goals);
  }
  if (node.type != ShapeType::list) return;
  for (const auto& item : value) add_goals(node.children[0], item, goals);
}

std::vector<Goal> goals_of(const FaultSpec& fault, const Vocabulary& vocabulary) {
  std::vector<Goal> goals;
  const FaultInfo* kind = find_fault(vocabulary, fault.kind);
  if (!kind) return goals;
  goals.push_back({kind->target, fault.into});
  add_goals(kind->options, fault.with, goals);
  return goals;
}

// Where it leads, when that is not this machine, and where the plan says so.
std::string goal_elsewhere(const Plan& plan, const Goal& goal, Location& where) {
  if (goal.table == "link" && plan.links.contains(goal.name)) {
    const Link& link = plan.links.at(goal.name);
    where = link.where;
    return elsewhere(plan, address_of(plan, link.to, most_links));
  }
  if (goal.table == "service" && plan.services.contains(goal.name)) {
    const Service& service = plan.services.at(goal.name);
    where = service.where;
    return service.external ? elsewhere(plan, service.address) : std::string();
  }
  if (goal.table == "database" && plan.databases.contains(goal.name)) {
    return database_elsewhere(plan, plan.databases.at(goal.name));
  }
  return {};
}

bool is_ours(const Plan& plan, const std::string& service) {
  const auto found = plan.services.find(service);
  return found != plan.services.end() && (!found->second.external || found->second.target);
}

// Whether a database lies in the drill's own folder or is a service that may be broken.
bool is_of_the_plan(const Plan& plan, const std::string& settings) {
  return std::ranges::any_of(references_in(settings).names, [&](const std::string& reference) {
    const auto dot = reference.find('.');
    const auto name = reference.substr(0, reference.rfind('.'));
    if (reference.starts_with("services.")) return is_ours(plan, name.substr(dot + 1));
    const auto link =
        reference.starts_with("links.") ? plan.links.find(name.substr(dot + 1)) : plan.links.end();
    return reference == "folder" || (link != plan.links.end() && is_ours(plan, link->second.to));
  });
}

// One of this machine that the drill does not start may be anybody's: a developer's own.
bool is_a_stranger(const Plan& plan, const Goal& goal) {
  const auto database = plan.databases.find(goal.name);
  return goal.table == "database" && database != plan.databases.end() &&
         !is_of_the_plan(plan, database->second);
}

Error refusal(const FaultSpec& fault, const Goal& goal, const std::string& far,
              const Location& target) {
  // A rehearsal's fault stands in no file; its target does.
  const bool written = !fault.where.file.empty();
  const bool two_places = written && !target.file.empty();
  return {fmt::format("{} would break the {} {}, which leads to {}{}: that is not on this machine",
                      fault.id, goal.table, goal.name, far,
                      two_places ? fmt::format(" ({})", target.text()) : ""),
          fmt::format("if you may break it, say so with --allow-target {}", goal.name),
          written ? fault.where : target};
}

Error refusal_of_a_stranger(const FaultSpec& fault, const Goal& goal) {
  return {fmt::format("{} would break the database {}, which no service of this plan is", fault.id,
                      goal.name),
          fmt::format("name it by ${{services.NAME.port}}, or say with --allow-target {} that you "
                      "may break it",
                      goal.name),
          fault.where};
}

}  // namespace

std::string elsewhere(const Plan& plan, const std::string& address) {
  const std::string filled = filled_in(plan, address, most_links);
  return is_local(host_of(filled)) ? std::string() : filled;
}

std::string database_elsewhere(const Plan& plan, const std::string& settings) {
  for (const std::string& host : hosts_of(filled_in(plan, settings, most_links))) {
    if (!is_local(host)) return host;
  }
  return {};
}

Errors out_of_reach(const LoadedPlan& loaded, const Vocabulary& vocabulary,
                    const std::set<std::string>& allowed) {
  Errors errors;
  for (const Scenario& scenario : loaded.scenarios) {
    for (const FaultSpec& fault : scenario.faults) {
      for (const Goal& goal : goals_of(fault, vocabulary)) {
        if (allowed.contains(goal.name)) continue;
        Location target;
        const std::string far = goal_elsewhere(loaded.plan, goal, target);
        if (!far.empty()) {
          errors.push_back(refusal(fault, goal, far, target));
        } else if (is_a_stranger(loaded.plan, goal)) {
          errors.push_back(refusal_of_a_stranger(fault, goal));
        }
      }
    }
  }
  return errors;
}

}  // namespace reprise
