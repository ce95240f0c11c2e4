// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"context"
	"fmt"
	"sync/atomic"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
)

// Name of the scope of our own spans.
const scope = "tracetax/bench"

// InnerSpans of each request, by --inner-spans or TRACETAX_INNER_SPANS.
var InnerSpans int

var requests atomic.Int64

// Inside is the inside of a handler: InnerSpans spans below that of the server, one after the other, as one for each
// step of an order.
func Inside(ctx context.Context) {
	if InnerSpans == 0 {
		return
	}
	ctx = InnerContext(ctx)
	forgets := Faulty("unended") && requests.Add(1)%2 == 0
	shadows := Faulty("ctx_shadow")
	for step := range InnerSpans {
		below, span := otel.Tracer(scope).Start(ctx, fmt.Sprintf("step-%d", step+1))
		if shadows {
			ctx = below // the next step is a child of this one, which has ended by then
		} else {
			span.SetAttributes(attribute.Int("step", step+1))
		}
		if !forgets {
			span.End()
		}
		if shadows {
			span.SetAttributes(attribute.Int("step", step+1))
		}
	}
}

// InnerContext is the context that inner spans and calls start from.
func InnerContext(ctx context.Context) context.Context {
	if Faulty("background_context") {
		return context.Background()
	}
	return ctx
}
