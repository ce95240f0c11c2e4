// SPDX-License-Identifier: Apache-2.0
#include "scenarios/grpc/grpc_reflection.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <random>
#include <set>

#include "harness/core/request/context_format.h"
#include "harness/core/request/request_ids.h"
#include "harness/core/text/quote.h"
#include "scenarios/grpc/grpc_channel.h"
#include "scenarios/grpc/grpc_reflection.pb.h"

namespace tracetax {
namespace {

using google::protobuf::FileDescriptorProto;
using reflection::Answer;
using reflection::Request;
using Deadline = std::chrono::system_clock::time_point;

constexpr std::size_t kMostFiles = 10'000;
constexpr const char* kPaths[] = {"/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                                  "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"};

/// Of a trace that the caller does not sample, so that a server that follows its caller makes no
/// span of the call, whichever format it knows.
void add_unsampled_context(grpc::ClientContext& context) {
  std::random_device entropy;
  const std::uint64_t seed = (std::uint64_t{entropy()} << 32) | entropy();
  const TraceContext unsampled = RequestIds{seed, SampleRate{}}.at(0);
  for (const ContextField field : all_context_fields()) {
    std::string name(name_of(field));
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    context.AddMetadata(name, format_context(field, unsampled));
  }
}

/// One reflection stream, question by question. Every step ends by the deadline at the latest.
class Stream {
 public:
  Stream(const std::shared_ptr<grpc::Channel>& channel, const char* path, Deadline deadline)
      : stub_(channel) {
    context_.set_deadline(deadline);
    // No trace of its own: the plan of a segment does not know it, and its receipt would not close.
    add_unsampled_context(context_);
    call_ = stub_.PrepareCall(&context_, path, &queue_);
    call_->StartCall(this);
    is_open_ = step();
  }
  ~Stream() {
    finish();
    queue_.Shutdown();
    void* tag = nullptr;
    bool good = false;
    while (queue_.Next(&tag, &good)) {
    }
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// False when the call is over; finish() tells why.
  bool ask(const Request& request, Answer& answer) {
    if (!is_open_) return false;
    call_->Write(request, this);
    is_open_ = step();
    if (!is_open_) return false;
    call_->Read(&answer, this);
    is_open_ = step();
    return is_open_;
  }

  const grpc::Status& finish() {
    if (is_finished_) return status_;
    is_finished_ = true;
    if (is_open_) context_.TryCancel();
    call_->Finish(&status_, this);
    step();
    return status_;
  }

 private:
  bool step() {
    void* tag = nullptr;
    bool good = false;
    return queue_.Next(&tag, &good) && good;
  }

  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  grpc::TemplatedGenericStub<Request, Answer> stub_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<Request, Answer>> call_;
  grpc::Status status_;
  bool is_open_ = false;
  bool is_finished_ = false;
};

/// What all answers together hold.
class Collection {
 public:
  /// Takes in the files of an answer; false if one of them is none or they are too many.
  bool add(const Answer& answer) {
    for (const std::string& bytes : answer.files().file()) {
      bytes_ += bytes.size();
      FileDescriptorProto file;
      if (!file.ParseFromString(bytes) || names_.size() >= kMostFiles || bytes_ > kGrpcAnswerMax)
        return false;
      if (names_.insert(file.name()).second) files_.push_back(std::move(file));
    }
    return true;
  }
  /// An import of the files so far that is not there, nor known to this program, nor asked for
  /// before.
  std::optional<std::string> next_missing() {
    for (; at_ < files_.size(); ++at_) {
      for (const std::string& import : files_[at_].dependency()) {
        if (!names_.contains(import) && asked_.insert(import).second) return import;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] bool empty() const { return files_.empty(); }
  std::vector<FileDescriptorProto> take() { return std::move(files_); }

 private:
  std::vector<FileDescriptorProto> files_;
  std::set<std::string> names_, asked_;
  std::size_t at_ = 0;
  std::size_t bytes_ = 0;
};

struct Failed {
  grpc::Status status;
  std::string what;  // in our own words, if it was not the call that failed
};

/// Empty on success.
std::optional<Failed> collect(Stream& stream, Collection& collection) {
  Request request;
  Answer answer;
  request.set_list_services("*");
  if (!stream.ask(request, answer)) return Failed{stream.finish(), ""};
  const Answer listed = answer;
  std::string refusal = listed.failure().message();
  for (const auto& service : listed.services().service()) {
    request.set_file_containing_symbol(service.name());
    if (!stream.ask(request, answer)) return Failed{stream.finish(), ""};
    // Some servers list services whose descriptors they do not have; the others are of use
    // nevertheless.
    if (answer.has_failure()) refusal = answer.failure().message();
    if (!collection.add(answer))
      return Failed{{}, "its reflection gives files that cannot be read"};
  }
  if (collection.empty()) {
    return Failed{{},
                  refusal.empty() ? "its reflection names no services"
                                  : "its reflection says: " + printable(refusal, 200)};
  }
  while (const auto import = collection.next_missing()) {
    request.set_file_by_filename(*import);
    if (!stream.ask(request, answer)) return Failed{stream.finish(), ""};
    if (!collection.add(answer))
      return Failed{{}, "its reflection gives files that cannot be read"};
  }
  return std::nullopt;
}

}  // namespace

Result<GrpcSchema> reflect_grpc_schema(const Endpoint& endpoint,
                                       const std::optional<TlsOptions>& tls, Nanos timeout) {
  const auto fail = [&](std::string_view what) {
    return failure(ExitCode::usage, fmt::format("{}: {}", grpc_address(endpoint), what));
  };
  auto channel = connect_grpc(endpoint, tls);
  if (!channel) return failure(channel.error());
  const Deadline deadline =
      std::chrono::system_clock::now() + std::chrono::duration_cast<Deadline::duration>(timeout);
  for (const char* path : kPaths) {
    Stream stream(*channel, path, deadline);
    Collection collection;
    const auto failed = collect(stream, collection);
    if (!failed)
      return GrpcSchema::from_files(collection.take(), grpc_address(endpoint) + ": reflection");
    if (!failed->what.empty()) return fail(failed->what);
    if (failed->status.error_code() != grpc::StatusCode::UNIMPLEMENTED) {
      return fail(explain_grpc_failure(failed->status, endpoint, tls.has_value(), timeout));
    }
  }
  return fail("the server has no reflection; give its .proto file (proto) or a descriptor set");
}

}  // namespace tracetax
