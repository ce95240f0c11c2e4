// SPDX-License-Identifier: Apache-2.0
#include "harness/core/receipt/tree_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/core/receipt/span_marks.h"

namespace tracetax {
namespace {

constexpr SpanKindNumber kServerKind = 2;

[[nodiscard]] bool has_parent(const SpanSeen* span) { return span->parent_span_id.valid(); }

[[nodiscard]] SpanKindNumber kind_number(const SpanSeen& span) {
  return static_cast<SpanKindNumber>(kind_of(span.marks));
}

/// One batch of so many messages: the first span once, and for each message what stands below it.
[[nodiscard]] SpanTree batch_of(const SpanTree& one, std::size_t messages) {
  SpanTree batch;
  if (one.spans.empty()) return batch;
  batch.spans.push_back(one.spans.front());
  for (std::size_t message = 0; message < messages; ++message) {
    const int before = static_cast<int>(batch.spans.size()) - 1;
    for (std::size_t i = 1; i < one.spans.size(); ++i) {
      batch.spans.push_back(one.spans[i]);
      if (one.spans[i].parent > 0) batch.spans.back().parent += before;
    }
  }
  return batch;
}

/// The index of a trace's span by its id; -1: it did not come.
[[nodiscard]] int find_span(TreeCheck::SpansOfTrace trace, const SpanId& id) {
  const auto found = std::ranges::lower_bound(
      trace, id, {}, [](const SpanSeen* span) -> const SpanId& { return span->span_id; });
  return found == trace.end() || (*found)->span_id != id ? -1
                                                         : static_cast<int>(found - trace.begin());
}

/// Whether a linked tree may be that of a link to `span`: each span is the one of one place in the
/// host's tree.
[[nodiscard]] bool may_be(const SpanTree& tree, const std::vector<SpanId>& taken, std::size_t which,
                          const SpanId& span) {
  if (taken[which].valid()) return false;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const bool same_place = tree.linked[i].from == tree.linked[which].from;
    if (taken[i].valid() && same_place != (taken[i] == span)) return false;
  }
  return true;
}

}  // namespace

TreeSize size_of(const SpanTree& tree) {
  TreeSize size;
  size.spans = tree.spans.size();
  size.servers = static_cast<std::uint64_t>(
      std::ranges::count(tree.spans, kServerKind, [](const TreeSpan& span) { return span.kind; }));
  for (const LinkedTree& linked : tree.linked) {
    ++size.links;
    if (linked.batched) continue;
    const TreeSize more = size_of(linked.tree);
    size.spans += more.spans;
    size.traces += more.traces;
    size.links += more.links;
    size.servers += more.servers;
  }
  return size;
}

bool has_batches(const SpanTree& tree) {
  return std::ranges::any_of(tree.linked, [](const LinkedTree& linked) {
    return linked.batched || has_batches(linked.tree);
  });
}

TreeCheck::TreeCheck(const ExpectedSpans& expected, const PlannedTraces& planned,
                     std::span<const SpanSeen> all, const std::vector<const SpanSeen*>& came,
                     const ServiceNames& services, const TreeFacts& facts)
    : expected_(expected),
      planned_(planned),
      all_(all),
      came_(came),
      services_(services),
      facts_(facts) {
  for (std::uint32_t i = 0; i < services.size(); ++i)
    service_hashes_.push_back(text_hash(services.name(i)));
  for (std::uint16_t i = 0; i < facts.names.size(); ++i)
    name_hashes_.push_back(text_hash(facts.names.name(i)));
  expect();
}

void TreeCheck::expect() {
  std::vector<TreeSize> sizes;
  for (const auto& request : expected_.trees) sizes.push_back(size_of(request.tree));
  const auto servers = [&](std::uint16_t tree) { return sizes.empty() ? 1 : sizes[tree].servers; };
  for (const auto& [id, plan] : planned_) {
    if (expected_.counted)
      (plan.uncertain ? account_.counted_uncertain : account_.counted_expected) +=
          servers(plan.tree);
    if (plan.uncertain) continue;
    ++account_.sampled;
    if (!expected_.counted && !sizes.empty()) account_.links_expected += sizes[plan.tree].links;
  }
  if (sizes.empty()) return;
  std::vector<std::uint64_t> answered(sizes.size());
  for (const ExpectedPhase& phase : expected_.phases) {
    SentRequests(phase).for_each(
        [&](std::uint64_t k, bool uncertain) { answered[phase.tree_of(k)] += uncertain ? 0 : 1; });
  }
  for (std::size_t i = 0; i < answered.size(); ++i) {
    if (answered[i] > 0) account_.requests[expected_.trees[i].request] += answered[i];
  }
}

const TreeShape& TreeCheck::shape_of_tree(const SpanTree& tree) {
  auto [found, is_new] = shapes_.try_emplace(&tree);
  if (is_new) found->second = shape_of(tree);
  return found->second;
}

std::vector<ShapeSpan> TreeCheck::shapes_of(SpansOfTrace trace, const SpanId& caller) const {
  std::vector<ShapeSpan> shapes;
  shapes.reserve(trace.size());
  for (const SpanSeen* span : trace) {
    const int parent = find_span(trace, span->parent_span_id);
    const bool is_top = span->parent_span_id == caller;
    shapes.push_back(
        {span_hash(service_hashes_[span->service], name_hashes_[span->name], kind_number(*span)),
         is_top        ? kTopSpan
         : parent >= 0 ? parent
                       : kLostSpan});
  }
  return shapes;
}

std::vector<TreeSpan> TreeCheck::texts_of(SpansOfTrace trace, const SpanId& caller) const {
  const std::vector<ShapeSpan> shapes = shapes_of(trace, caller);
  std::vector<TreeSpan> texts;
  for (std::size_t i = 0; i < trace.size(); ++i) {
    texts.push_back({std::string(services_.name(trace[i]->service)),
                     std::string(facts_.names.name(trace[i]->name)), kind_number(*trace[i]),
                     shapes[i].parent});
  }
  return texts;
}

void TreeCheck::note_wrong(const std::string& request, const TraceId& trace,
                           const std::string& what) {
  auto found = std::ranges::find(account_.wrong, request, &WrongTree::request);
  if (found == account_.wrong.end()) {
    account_.wrong.push_back({request, 0, fmt::format("trace {}: {}", to_hex(trace), what)});
    found = account_.wrong.end() - 1;
  }
  ++found->traces;
}

void TreeCheck::compare(SpansOfTrace trace, const SpanId& caller, const SpanTree& tree,
                        const std::string& request) {
  const TreeDifference difference = difference_of(tree.spans, texts_of(trace, caller));
  account_.lacking += difference.only_lacks ? 1 : 0;
  note_wrong(request, trace.front()->trace_id, difference.text);
}

void TreeCheck::add(SpansOfTrace trace, const PlannedTrace& plan) {
  if (expected_.trees.empty()) return;
  const auto& request = expected_.trees[plan.tree];
  ++account_.traces;
  if (shape_of(shapes_of(trace, plan.driver_span)).whole == shape_of_tree(request.tree).whole)
    ++account_.right;
  else
    compare(trace, plan.driver_span, request.tree, request.request);
}

std::span<const SeenLink> TreeCheck::links_of(SpansOfTrace trace) const {
  for (const SpanSeen* span : trace) {
    if (has_parent(span)) continue;
    const auto number = static_cast<std::uint32_t>(span - all_.data());
    const auto links = std::ranges::equal_range(facts_.links, number, {}, &SeenLink::span);
    if (!links.empty()) return {links.begin(), links.end()};
  }
  return {};
}

void TreeCheck::add_host(const TraceId& id, Host host, const SpanId& caller) {
  host.taken.resize(host.tree->linked.size());
  if (host.trace.size() == host.tree->spans.size())
    host.paths = shape_of(shapes_of(host.trace, caller)).paths;
  hosts_.emplace(id, std::move(host));
}

TreeCheck::Host* TreeCheck::host_of(const TraceId& id) {
  if (const auto found = hosts_.find(id); found != hosts_.end()) return &found->second;
  const auto plan = planned_.find(id);
  if (plan == planned_.end() || expected_.trees.empty()) return nullptr;
  const auto range = std::ranges::equal_range(
      came_, id, {}, [](const SpanSeen* span) -> const TraceId& { return span->trace_id; });
  const auto& request = expected_.trees[plan->second.tree];
  add_host(id,
           {&request.tree,
            request.request,
            plan->second.uncertain,
            SpansOfTrace(range.begin(), range.end()),
            {},
            {}},
           plan->second.driver_span);
  return &hosts_.at(id);
}

// The best of those that it may be: one with the same tree; then one that begins with the same
// span.
std::optional<std::size_t> TreeCheck::claim(Host& host, const SpanId& linked_to, std::uint64_t root,
                                            std::uint64_t shape) {
  const int at = find_span(host.trace, linked_to);
  if (at < 0 && !host.paths.empty()) return std::nullopt;  // all came, and it is none of them
  std::optional<std::size_t> best;
  int best_fits = 0;
  for (std::size_t i = 0; i < host.taken.size(); ++i) {
    const LinkedTree& linked = host.tree->linked[i];
    if (!may_be(*host.tree, host.taken, i, linked_to)) continue;
    const bool elsewhere = !host.paths.empty() && shape_of_tree(*host.tree).paths[linked.from] !=
                                                      host.paths[static_cast<std::size_t>(at)];
    if (elsewhere) continue;
    const TreeShape& wanted = shape_of_tree(linked.tree);
    const bool same_root = !wanted.paths.empty() && wanted.paths.front() == root;
    if (linked.batched && !same_root) continue;
    const int fits = linked.batched || wanted.whole == shape ? 3 : same_root ? 2 : 1;
    if (fits <= best_fits) continue;
    best = i;
    best_fits = fits;
  }
  if (best) host.taken[*best] = linked_to;
  return best;
}

TreeCheck::Linked TreeCheck::judge_one(SpansOfTrace trace) {
  using Kind = Linked::Kind;
  const auto links = links_of(trace);
  if (links.empty()) return {};
  const TreeShape shape = shape_of(shapes_of(trace, SpanId{}));
  const auto first =
      std::ranges::find_if_not(trace, [](const SpanSeen* span) { return has_parent(span); });
  const std::uint64_t root = shape.paths[static_cast<std::size_t>(first - trace.begin())];
  Linked linked;
  bool wrong_link = false;
  const SpanTree* batch = nullptr;  // as of one message
  for (const SeenLink& link : links) {
    Host* host = host_of(link.trace_id);
    if (host == nullptr) continue;  // of a batch: a message of an unsampled request
    if (host->uncertain) {
      if (linked.kind == Kind::foreign) linked.kind = Kind::uncertain;
      continue;
    }
    const auto which = claim(*host, link.span_id, root, shape.whole);
    if (!which) {
      wrong_link = true;
      continue;
    }
    ++account_.links_received;
    const LinkedTree& tree = host->tree->linked[*which];
    if (tree.batched) {
      batch = &tree.tree;
      continue;
    }
    linked = {Kind::expected, tree.tree.spans.size()};
    const std::string request = host->request + " (linked)";
    const bool right = shape_of_tree(tree.tree).whole == shape.whole && links.size() == 1;
    if (!right) {
      ++account_.linked_wrong;
      if (links.size() > 1)
        note_wrong(
            request, link.trace_id,
            fmt::format("a trace that is linked to it has {} links and not one", links.size()));
      else
        compare(trace, SpanId{}, tree.tree, request);
    }
    add_host(trace.front()->trace_id, {&tree.tree, request, false, trace, {}, {}}, SpanId{});
    break;
  }
  if (batch != nullptr) return judge_batch(trace, *batch, links.size(), shape.whole, wrong_link);
  if (linked.kind == Kind::expected) ++account_.linked_traces;
  return linked;
}

TreeCheck::Linked TreeCheck::judge_batch(SpansOfTrace trace, const SpanTree& one,
                                         std::size_t messages, std::uint64_t shape,
                                         bool wrong_link) {
  const SpanTree wanted = batch_of(one, messages);
  ++account_.linked_traces;
  const std::string request = "batches of " + wanted.spans.front().name;
  if (shape_of(wanted).whole != shape) {
    ++account_.linked_wrong;
    compare(trace, SpanId{}, wanted, request);
  } else if (wrong_link) {
    ++account_.linked_wrong;
    note_wrong(request, trace.front()->trace_id,
               "it has a link that its request's tree does not have, or has twice");
  }
  return {Linked::Kind::batch, wanted.spans.size()};
}

// A trace may be linked to one that is linked itself: who is foreign is asked again when others
// have been found. Batches come last, for all that they are linked to should be known then.
std::vector<TreeCheck::Linked> TreeCheck::judge(const std::vector<SpansOfTrace>& traces) {
  std::vector<Linked> verdicts(traces.size());
  for (const bool batches : {false, true}) {
    for (bool found = true; found;) {
      found = false;
      for (std::size_t i = 0; i < traces.size(); ++i) {
        const bool is_batch = links_of(traces[i]).size() > 1;
        if (verdicts[i].kind != Linked::Kind::foreign || is_batch != batches) continue;
        verdicts[i] = judge_one(traces[i]);
        found = found || verdicts[i].kind != Linked::Kind::foreign;
      }
    }
  }
  for (std::size_t i = 0; i < traces.size(); ++i) {
    const bool foreign = verdicts[i].kind == Linked::Kind::foreign;
    if (foreign && !links_of(traces[i]).empty()) ++account_.linked_wrong;
  }
  return verdicts;
}

std::uint64_t TreeCheck::count(SpansOfTrace trace) {
  std::uint64_t requests = 0;
  for (const SpanSeen* span : trace) {
    const auto number = static_cast<std::uint32_t>(span - all_.data());
    for (const SeenCount& one :
         std::ranges::equal_range(facts_.counts, number, {}, &SeenCount::span))
      requests += one.requests;
  }
  account_.counted_received += requests;
  return requests;
}

}  // namespace tracetax
