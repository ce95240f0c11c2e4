// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
)

// Spans that end after their request was answered; the end of the program waits for them.
var late sync.WaitGroup

// Obey does what the query of a request asks for, on any route, so that a driver knows what its trace has to show:
//
//	?fail=1         it fails: the service answers with status 500
//	?slow=20ms      the answer comes so much later
//	?late=300ms     the answer comes at once; a span `late` below that of the server ends so much later
//	?priority=high  see ByPriority
//
// A service calls it where the server's span is there already. The status is 0 where the request goes on as usual.
func Obey(r *http.Request) (status int, err error) {
	if r.URL.RawQuery == "" {
		return 0, nil
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return http.StatusBadRequest, err
	}
	for _, key := range []string{"late", "slow"} {
		text := query.Get(key)
		if text == "" {
			continue
		}
		delay, err := time.ParseDuration(text)
		if err != nil || delay < 0 {
			return http.StatusBadRequest, fmt.Errorf("%s=%s: a time as 20ms is wanted", key, text)
		}
		if key == "late" {
			endLate(r.Context(), delay)
		} else {
			time.Sleep(delay)
		}
	}
	if query.Get("fail") == "1" {
		return http.StatusInternalServerError, fmt.Errorf("it fails, as asked")
	}
	return 0, nil
}

// endLate starts a span of ctx, whose end is the business of another goroutine.
func endLate(ctx context.Context, delay time.Duration) {
	_, span := otel.Tracer(scope).Start(ctx, "late")
	late.Go(func() {
		time.Sleep(delay)
		span.End()
	})
}

// ByPriority is `high` for requests with ?priority=high, else `usual`. Instrumentations take the attributes that a
// sampler may look at once, when a handler is made, not for each request; so there are two of them.
func ByPriority(usual, high http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "" && r.URL.Query().Get("priority") == "high" {
			high.ServeHTTP(w, r)
			return
		}
		usual.ServeHTTP(w, r)
	})
}
