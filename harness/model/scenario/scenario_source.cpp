#include "harness/model/scenario/scenario_source.h"

#include <algorithm>
#include <map>

#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// Centuries of faults are as good as any longer time, and their sums must not overflow.
constexpr auto longest_length = Duration::max() / 4;

// Checked by the shape before: only an absent duration has no value.
Duration duration_at(const json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return parse_duration(found->get_ref<const std::string&>()).value_or(Duration{});
}

// The keys that say when something starts; null when there are none.
json start_of(const json& value) {
  json out;
  for (const char* key : {"at", "after", "when", "delay"}) {
    if (value.contains(key)) out[key] = value.at(key);
  }
  return out;
}

class Layout {
 public:
  Layout(const ScenarioSource& source, Errors& errors) : source_(source), errors_(errors) {}

  std::vector<PlacedFault> take() {
    auto faults = source_.root().find("faults");
    if (faults == source_.root().end()) return {};
    collect_ids(*faults);
    for (std::size_t i = 0; i < faults->size(); ++i) {
      place((*faults)[i], "/faults" + segment(i), json());
    }
    return std::move(placed_);
  }

 private:
  // What a group is over with, and how long after its start.
  struct End {
    std::string id;
    Duration length{};
  };

  void collect_ids(const json& value) {
    if (value.is_array()) {
      for (const json& item : value) collect_ids(item);
    } else if (value.contains("id")) {
      ids_.insert(value.at("id").get<std::string>());
    } else if (value.contains("sequence")) {
      collect_ids(value.at("sequence"));
    } else if (value.contains("parallel")) {
      collect_ids(value.at("parallel"));
    }
  }

  // `start` is null where nothing around says when.
  End place(const json& value, const std::string& pointer, const json& start) {
    if (value.contains("sequence")) {
      return sequence(value.at("sequence"), pointer + "/sequence", start);
    }
    if (value.contains("parallel")) {
      return parallel(value.at("parallel"), pointer + "/parallel", start);
    }
    return fault(value, pointer, start);
  }

  End fault(json value, const std::string& pointer, const json& start) {
    if (!value.contains("id")) value["id"] = new_id(value.at("inject").get<std::string>());
    if (!start.is_null()) {
      for (const char* key : {"at", "after", "when"}) {
        if (value.erase(key) == 0) continue;
        errors_.push_back({fmt::format("'{}' inside a group that already says when", key),
                           "give it to the first member of the group only",
                           source_.where_key(pointer + segment(key))});
      }
      auto delay = value.find("delay");
      json own = delay != value.end() ? *delay : json();
      for (const auto& [key, item] : start.items()) value[key] = item;
      if (!own.is_null()) value["delay"] = own;
    }
    End end{value.at("id").get<std::string>(), length_of(value)};
    placed_.push_back({std::move(value), pointer});
    return end;
  }

  End sequence(const json& members, const std::string& pointer, const json& start) {
    End end;
    json next = start;
    for (std::size_t i = 0; i < members.size(); ++i) {
      End member = place(members[i], pointer + segment(i), next);
      end = {member.id, std::min(longest_length, end.length + member.length)};
      next = {{"after", member.id}};
    }
    return end;
  }

  End parallel(const json& members, const std::string& pointer, json start) {
    End longest;
    auto first = placed_.size();
    for (std::size_t i = 0; i < members.size(); ++i) {
      End member = place(members[i], pointer + segment(i), start);
      if (i == 0 && start.is_null()) {
        start = start_of(placed_[first].value);
        if (start.is_null()) start = {{"at", "0s"}};
      }
      if (i == 0 || member.length >= longest.length) longest = member;
    }
    return longest;
  }

  std::string new_id(const std::string& kind) {
    std::string id;
    do {
      id = fmt::format("{}-{}", kind, ++numbers_[kind]);
    } while (ids_.contains(id));
    return id;
  }

  const ScenarioSource& source_;
  Errors& errors_;
  std::vector<PlacedFault> placed_;
  std::set<std::string> ids_;
  std::map<std::string, int> numbers_;
};

}  // namespace

ScenarioSource::ScenarioSource(Document own, const Document& plan)
    : own_(std::move(own)), plan_(plan) {
  auto defaults = plan.root().find("defaults");
  if (defaults == plan.root().end()) return;
  for (const auto& [key, value] : defaults->items()) {
    if (!own_.root().contains(key)) {
      own_.replace(segment(key), value);
      inherited_.insert(segment(key));
    } else if (key == "levels") {
      for (const auto& [probe, levels] : value.items()) {
        if (own_.root().at(key).contains(probe)) continue;
        own_.replace("/levels" + segment(probe), levels);
        inherited_.insert("/levels" + segment(probe));
      }
    }
  }
}

bool ScenarioSource::inherits(const std::string& pointer) const {
  for (auto end = pointer.find('/', 1);; end = pointer.find('/', end + 1)) {
    if (inherited_.contains(pointer.substr(0, end))) return true;
    if (end == std::string::npos) return false;
  }
}

Location ScenarioSource::where(const std::string& pointer) const {
  return inherits(pointer) ? plan_.where("/defaults" + pointer) : own_.where(pointer);
}

Location ScenarioSource::where_key(const std::string& pointer) const {
  return inherits(pointer) ? plan_.where_key("/defaults" + pointer) : own_.where_key(pointer);
}

Duration length_of(const json& fault) {
  auto lasting = duration_at(fault, "for");
  auto repeat = fault.find("repeat");
  if (repeat == fault.end()) return std::min(longest_length, lasting);
  auto rounds = repeat->at("times").get<std::int64_t>() - 1;
  auto every = duration_at(*repeat, "every");
  if (rounds > 0 && every > longest_length / rounds) return longest_length;
  return std::min(longest_length, std::min(longest_length, lasting) + every * rounds);
}

std::vector<PlacedFault> lay_out_faults(const ScenarioSource& source, Errors& errors) {
  return Layout(source, errors).take();
}

}  // namespace reprise
