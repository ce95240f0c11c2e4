// SPDX-License-Identifier: Apache-2.0
#include "harness/load/recorder.h"

#include <cmath>

#include "harness/core/text/quote.h"
#include "harness/load/ledger.h"
#include "harness/load/session/connection.h"

namespace tracetax {

namespace {

constexpr std::size_t kMessageKept = 200;  // of an export's answer

/// A worker's share of what may come due.
std::size_t outcomes_kept(const LoadPhase& phase, int workers) {
  constexpr double kMostClosedRate = 250'000;  // more than one thread gets answered
  constexpr double kDeviations = 10;           // of Poisson arrivals beyond their mean
  constexpr double kSpare = 64;
  double rate = phase.rate;
  for (const RateStage& stage : phase.stages) rate = std::max(rate, stage.rate);
  rate = phase.closed ? kMostClosedRate : rate / workers;
  double most = rate * static_cast<double>(phase.duration.count()) / 1e9;
  if (!phase.closed) most += kDeviations * std::sqrt(most);
  if (phase.count) most = std::min(most, static_cast<double>(*phase.count));
  return static_cast<std::size_t>(most + kSpare);
}

std::vector<StageResult> stages_of(const LoadPhase& phase) {
  std::vector<StageResult> stages;
  const RateCurve curve(phase.rate, phase.stages);
  Nanos at{0};
  double rate = phase.rate, due = 0;
  for (std::size_t i = 0; i < phase.stages.size(); ++i) {
    const RateStage& stage = phase.stages[i];
    const double due_then = curve.total_after(i);
    if (stage.length > Nanos{0})
      stages.push_back({at, at + stage.length, rate, stage.rate, due_then - due, 0, {}});
    at += stage.length;
    rate = stage.rate;
    due = due_then;
  }
  return stages;
}

}  // namespace

Recorder::Recorder(const PreparedScenario& scenario)
    : scenario_(scenario), right_ending_(right_ending(scenario.protocol)) {}

void Recorder::begin(const LoadPhase& phase, int worker, int workers) {
  closed_ = phase.closed;
  half_ns_ = phase.duration.count() / 2;
  last_send_ns_ = last_done_ns_ = 0;
  published_ok_ = published_errors_ = published_late_ = 0;
  result_ = LoadResult{};
  result_.stages = stages_of(phase);
  if (scenario_.exports) result_.otlp.emplace();
  if (scenario_.reads_outcome)
    outcomes_ = OutcomeLog(outcomes_kept(phase, workers), worker, workers);
  ticks_.begin(phase.ticks);
}

void Recorder::failed(const Ending& ending) noexcept {
  errors_.add(ending);
  if (ticks_.on()) ticks_.open().errors.add(ending);
}

void Recorder::too_late(std::uint64_t number) noexcept {
  ++result_.late;
  if (ticks_.on()) ++ticks_.open().late;
  note_not_sent(result_, number);
}

void Recorder::unfinished(std::uint64_t number) noexcept {
  failed(Ending::error(ErrorKind::unfinished));
  note_not_sent(result_, number);
}

void Recorder::sent(const Call& call) noexcept {
  last_send_ns_ = call.send_ns;
  if (closed_) return;
  RequestTimes& times = result_.times;
  const std::int64_t lag_ns = call.send_ns - call.due_ns - call.wait_ns;
  (call.held_up ? times.lag_held_up : times.lag).record(lag_ns);
  if (ticks_.on()) ticks_.at(call.send_ns).lag.record(lag_ns);
  times.wait.record(call.wait_ns);
}

void Recorder::message(const Call& call, std::int64_t at_ns) noexcept {
  if (call.last_message_ns == 0) {
    result_.times.first_message.record(at_ns - call.due_ns);
  } else {
    result_.times.message_gap.record(at_ns - call.last_message_ns);
  }
}

bool Recorder::as_expected(const Call& call, const Ending& ending) const noexcept {
  const auto code = static_cast<int>(ending.code);
  const StatusRange right = scenario_.expected_of(call.request);
  if (ending.kind != right_ending_) return false;
  return (code >= right.low && code <= right.high) || is_branch(call, code);
}

bool Recorder::is_branch(const Call& call, int code) const noexcept {
  constexpr int kServerErrors = 500;
  return scenario_.reads_outcome &&
         std::ranges::find(scenario_.branch_statuses, code) != scenario_.branch_statuses.end() &&
         (code < kServerErrors || !call.connection->outcome.empty());
}

// A deadline is a time-out that the target noticed first.
bool Recorder::out_of_time(const Ending& ending) const noexcept {
  if (ending.kind == Ending::Kind::error)
    return ending.code == static_cast<std::uint32_t>(ErrorKind::timeout);
  return scenario_.deadline && ending.kind == Ending::Kind::grpc &&
         ending.code == kGrpcDeadlineExceeded;
}

void Recorder::took(const Call& call, std::int64_t done_ns) noexcept {
  const bool sampled = call.context.sampled();
  RequestTimes& times = result_.times;
  (sampled ? times.response_sampled : times.response_unsampled).record(done_ns - call.due_ns);
  (sampled ? times.service_sampled : times.service_unsampled).record(done_ns - call.send_ns);
  if (ticks_.on()) ticks_.open().response.record(done_ns - call.due_ns);
  if (closed_) return;
  ResponseSum& half = call.due_ns < half_ns_ ? result_.first_half : result_.second_half;
  half.add(static_cast<double>(done_ns - call.due_ns));
  if (StageResult* stage = stage_at(call.due_ns)) stage->response.record(done_ns - call.due_ns);
}

StageResult* Recorder::stage_at(std::int64_t at_ns) noexcept {
  for (StageResult& stage : result_.stages) {
    if (at_ns < stage.end.count()) return &stage;
  }
  return nullptr;
}

void Recorder::ended(const Call& call, const Ending& ending, std::int64_t at_ns) {
  last_done_ns_ = at_ns;
  if (ticks_.on()) ticks_.at(at_ns);
  if (!as_expected(call, ending)) {
    failed(ending);
    if (ending.kind == Ending::Kind::status && ending.code / 100 == 3 &&
        result_.redirected_to.empty()) {
      result_.redirected_to = call.connection->location;
    }
    note_uncertain(result_, call.number);
    if (scenario_.exports) keep_message(call.grpc_message);
    if (out_of_time(ending)) took(call, at_ns);  // a lower bound
    return;
  }
  if (scenario_.exports && !take_answer(call)) {
    failed(Ending::error(ErrorKind::malformed));
    note_uncertain(result_, call.number);
    return;
  }
  if (scenario_.check && !scenario_.check(call.number, static_cast<int>(ending.code), call.body)) {
    failed(Ending::error(ErrorKind::wrong_answer));
    note_uncertain(result_, call.number);
    return;
  }
  if (scenario_.reads_outcome && !outcomes_.note(call.number, call.connection->outcome)) {
    failed(Ending::error(ErrorKind::too_many_outcomes));
    note_uncertain(result_, call.number);
    return;
  }
  ++result_.ok;
  if (ticks_.on()) ++ticks_.open().ok;
  took(call, at_ns);
  if (StageResult* stage = stage_at(at_ns)) ++stage->ok;
}

// Of success. False: nobody knows what it says. Which spans were rejected is not told.
bool Recorder::take_answer(const Call& call) {
  const ExportAnswer answer = scenario_.exports->read(call.body);
  if (!answer.readable) return false;
  OtlpAccount& account = *result_.otlp;
  const auto spans = static_cast<std::uint64_t>(scenario_.exports->spans);
  const std::uint64_t rejected = std::min(answer.rejected, spans);
  account.spans_accepted += spans - rejected;
  account.spans_rejected += rejected;
  if (rejected > 0) {
    ++account.partial_successes;
    note_uncertain(result_, call.number);
  } else if (!answer.message.empty()) {
    ++account.warnings;
  }
  keep_message(answer.message);
  return true;
}

void Recorder::keep_message(std::string_view message) {
  if (!message.empty() && result_.otlp->message.empty())
    result_.otlp->message = printable(message, kMessageKept);
}

void Recorder::made(const Made& body) noexcept {
  result_.otlp->bytes_made += body.bytes;
  result_.otlp->bytes_packed += body.packed;
  result_.otlp->making_ns += static_cast<std::uint64_t>(body.took_ns);
}

void Recorder::machine_stalled(std::int64_t ns) noexcept {
  ++result_.machine_stalls;
  result_.machine_stalled += Nanos{ns};
}

void Recorder::publish(std::int64_t now_ns, LiveCounts* live) noexcept {
  if (ticks_.on()) ticks_.at(now_ns);
  if (live == nullptr) return;
  live->ok.fetch_add(result_.ok - published_ok_, std::memory_order_relaxed);
  live->errors.fetch_add(errors_.total() - published_errors_, std::memory_order_relaxed);
  live->late.fetch_add(result_.late - published_late_, std::memory_order_relaxed);
  published_ok_ = result_.ok;
  published_errors_ = errors_.total();
  published_late_ = result_.late;
}

void Recorder::finish_account() {
  OtlpAccount& account = *result_.otlp;
  account.spans_sent = result_.sent * static_cast<std::uint64_t>(scenario_.exports->spans);
  account.bytes_sent = result_.bytes_sent;
  for (const auto& [kind, count] : result_.errors) {
    if (is_retryable(kind)) account.retryable[kind] = count;
  }
}

void Recorder::finish(Nanos cpu, double spinning_share) {
  result_.cpu = cpu;
  result_.cpu_spinning = Nanos{std::llround(static_cast<double>(cpu.count()) * spinning_share)};
  result_.elapsed = Nanos{last_done_ns_};
  result_.errors = errors_.named();
  if (result_.otlp) finish_account();
  if (scenario_.reads_outcome) result_.outcomes = outcomes_.outcomes();
  ticks_.finish();
}

}  // namespace tracetax
