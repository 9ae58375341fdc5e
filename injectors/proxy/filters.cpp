#include "injectors/proxy/filters.h"

#include <algorithm>

namespace reprise::proxy {

bool Filters::install(const std::string& id, std::shared_ptr<Filter> filter) {
  const auto there = std::ranges::find(installed_, id, &Installed::id);
  if (there != installed_.end() && there->filter == filter) return false;
  if (there != installed_.end()) installed_.erase(there);
  installed_.push_back({id, std::move(filter), ++version_});
  return true;
}

bool Filters::remove(const std::string& id) {
  const bool gone = std::erase_if(installed_, [&](const auto& each) { return each.id == id; }) > 0;
  if (gone) ++version_;
  return gone;
}

bool Filters::refuse() const {
  return std::ranges::any_of(installed_, [](const auto& each) { return each.filter->refuses(); });
}

bool Filters::act_on_bytes() const {
  return std::ranges::any_of(installed_,
                             [](const auto& each) { return each.filter->acts_on_bytes(); });
}

bool Filters::has(std::uint64_t serial) const {
  return std::ranges::any_of(installed_,
                             [&](const auto& each) { return each.filter->serial() == serial; });
}

Then Filters::on_connect(Flow& flow) const {
  for (const auto& [id, filter, version] : installed_) {
    const auto then = filter->on_connect(flow);
    if (then != Then::pass) return then;
  }
  return Then::pass;
}

void Filters::on_refused() const {
  for (const auto& [id, filter, version] : installed_) {
    if (filter->refuses()) return filter->on_refused();
  }
}

Instant Filters::on_arrival(Flow& flow, Instant arrived) const {
  auto due = arrived;
  for (const auto& [id, filter, version] : installed_) {
    if (filter->acts_on_bytes()) due = filter->on_arrival(flow, due);
  }
  return due;
}

Passage Filters::on_chunk(Flow& flow, std::uint64_t bytes) const {
  for (const auto& [id, filter, version] : installed_) {
    if (!filter->acts_on_bytes()) continue;
    const auto passage = filter->on_chunk(flow, bytes);
    if (passage.then == Then::pass) continue;
    if (passage.bytes == 0) return passage;
    // What passes now is less; the same filter is asked again for the rest.
    bytes = std::min(bytes, passage.bytes);
  }
  return {Then::pass, bytes};
}

Filters::Decision Filters::on_request(Exchange& exchange, std::uint64_t after) const {
  for (const auto& [id, filter, version] : installed_) {
    if (version <= after) continue;
    auto verdict = filter->on_request(exchange);
    if (verdict.what != Verdict::What::pass) return {std::move(verdict), filter->serial()};
  }
  return {};
}

void Filters::on_response(const Exchange& exchange, Response& response, std::uint64_t after) const {
  for (const auto& [id, filter, version] : installed_) {
    if (version > after) filter->on_response(exchange, response);
  }
}

Duration Filters::delay(const Response& response) const {
  Duration sum{};
  for (const auto& delay : response.delays) {
    if (has(delay.filter)) sum += delay.duration;
  }
  return sum;
}

}  // namespace reprise::proxy
