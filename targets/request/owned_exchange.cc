// SPDX-License-Identifier: Apache-2.0
#include "targets/request/owned_exchange.h"

#include <array>
#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

namespace tracetax {
namespace {

// `view` in `to` at the place it has in `from`; itself if it is not part of `from`.
std::string_view moved(std::string_view view, std::string_view from, std::string_view to) {
  const std::less_equal<const char*> not_after;
  if (view.empty() || !not_after(from.data(), view.data()) ||
      !not_after(view.data() + view.size(), from.data() + from.size())) {
    return view;
  }
  return to.substr(static_cast<std::size_t>(view.data() - from.data()), view.size());
}

PathParams moved(const PathParams& params, std::string_view from, std::string_view to) {
  PathParams result;
  for (const auto& param : params.all()) result.push({param.name, moved(param.value, from, to)});
  return result;
}

}  // namespace

OwnedExchange::OwnedExchange(const Exchange& source) : exchange_(source) {
  const std::array parts{&exchange_.method, &exchange_.path,         &exchange_.query,
                         &exchange_.body,   &exchange_.peer_address, &exchange_.local_address};
  std::size_t size = 0;
  for (const std::string_view* part : parts) size += part->size();
  text_.reserve(size);  // so that the views stay where they are
  for (std::string_view* part : parts) {
    const std::size_t at = text_.size();
    text_.append(*part);
    *part = std::string_view(text_).substr(at, part->size());
  }
  exchange_.params = moved(source.params, source.path, exchange_.path);
  exchange_.params = moved(exchange_.params, source.cleaned_path, exchange_.cleaned_path);
  // The span belongs to a stage that may have ended it by then.
  exchange_.span = nullptr;
  exchange_.afterwards = nullptr;
  if (source.headers != nullptr) {
    headers_ = *source.headers;
    exchange_.headers = &headers_;
  }
}

void OwnedExchange::give_answer(Exchange& target) {
  target.status = exchange_.status;
  target.content_type = exchange_.content_type;
  target.allow = exchange_.allow;
  target.answer.assign(exchange_.answer);
  target.answer_headers = exchange_.answer_headers;
  target.reply = std::move(exchange_.reply);
  if (target.route != exchange_.route) {
    target.route = exchange_.route;
    target.params = moved(exchange_.params, exchange_.path, target.path);
  }
}

}  // namespace tracetax
