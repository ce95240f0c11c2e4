// Feeds any bytes to the reader of answers, whole and in pieces: both must come to the same
// outcome. The first byte chooses the size of the pieces and whether the answers are to HEAD
// requests.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "harness/load/http/http_response.h"

namespace {

using namespace tracetax;
using Step = HttpResponseReader::Step;

constexpr std::size_t kBodyKept = 1 << 20;

struct Outcome {
  Step step = Step::need_more;
  int status = 0;
  bool keep_alive = false;
  std::string body;
  std::size_t taken = 0;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

void check(bool fact) {
  if (!fact) std::abort();
}

Outcome read(std::string_view bytes, std::size_t piece, bool to_head) {
  HttpResponseReader reader;
  Outcome outcome;
  reader.begin(to_head);
  reader.collect_body(&outcome.body, kBodyKept);
  std::size_t offered = 0;
  while (offered < bytes.size() && outcome.step == Step::need_more) {
    offered = std::min(bytes.size(), offered + piece);
    std::size_t used = 0;
    const std::string_view offer = bytes.substr(outcome.taken, offered - outcome.taken);
    outcome.step = reader.read(offer, used);
    check(used <= offer.size());
    outcome.taken += used;
    check(reader.body_size() <= outcome.taken);
  }
  if (outcome.step == Step::need_more) outcome.step = reader.end_of_stream();
  check(outcome.body.size() == std::min<std::uint64_t>(reader.body_size(), kBodyKept));
  check(outcome.step != Step::complete || (reader.status() >= 200 && reader.status() <= 999));
  if (outcome.step == Step::complete) {
    outcome.status = reader.status();
    outcome.keep_alive = reader.keep_alive();
  } else {
    // Where a wrong answer is given up depends on the pieces.
    outcome = Outcome{};
    outcome.step = Step::malformed;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const bool to_head = data[0] % 2 == 1;
  const std::size_t piece = 1 + static_cast<std::size_t>(data[0] >> 1);
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  // The end of a stream inside a head is the caller's business; both ways agree on it all the same.
  check(read(bytes, bytes.size(), to_head) == read(bytes, piece, to_head));
  return 0;
}
