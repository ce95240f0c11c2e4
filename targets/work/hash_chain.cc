// An audit log that tells of changes: each record's hash is SHA-256 over the hash before it and the
// record. All records are kept, so that the chain can be checked at the end.
// SPDX-License-Identifier: Apache-2.0
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>

#include "targets/work/work.h"

namespace tracetax {
namespace {

using Hash = std::array<unsigned char, 32>;

Hash hash_after(const Hash& before, std::string_view record) {
  Hash hash{};
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  const bool done = context != nullptr &&
                    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), before.data(), before.size()) == 1 &&
                    EVP_DigestUpdate(context.get(), record.data(), record.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  // Without it the chain does not verify: a hash of zeros is none.
  return done ? hash : Hash{};
}

class HashChain final : public Work {
 public:
  explicit HashChain(std::vector<std::string> record) : record_(std::move(record)) {}

  bool run(Values& values) override {
    std::string text;
    for (const std::string& name : record_)
      fmt::format_to(std::back_inserter(text), "{}={}\n", name, values.get(name));
    Hash hash{};
    {
      const std::lock_guard lock(mutex_);
      hash = hash_after(links_.empty() ? Hash{} : links_.back().hash, text);
      links_.push_back({std::move(text), hash});
    }
    std::string hex;
    for (const unsigned byte : hash) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
    values.set("hash", std::move(hex));
    return true;
  }

  std::vector<Invariant> invariants() const override {
    const std::lock_guard lock(mutex_);
    Hash before{};
    std::size_t right = 0;
    for (const Link& link : links_) {
      if (hash_after(before, link.record) != link.hash || link.hash == Hash{}) break;
      before = link.hash;
      ++right;
    }
    return {{"audit: the hash chain verifies", right == links_.size(),
             fmt::format("{} of {} records", right, links_.size())}};
  }

 private:
  struct Link {
    std::string record;
    Hash hash{};
  };

  const std::vector<std::string> record_;
  mutable std::mutex mutex_;
  std::deque<Link> links_;
};

}  // namespace

std::unique_ptr<Work> make_hash_chain(JsonFields& with) {
  with.require("record", R"(the values of a record: "record": ["batch", "net_0"])");
  auto record = with.texts("record");
  return record ? std::make_unique<HashChain>(std::move(*record)) : nullptr;
}

}  // namespace tracetax
