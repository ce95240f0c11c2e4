// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// The shop's own tracers. go-zero's stores ask the API in any state; those of the shop do where tracing is wanted.
var logicTracer, modelTracer trace.Tracer = noop.Tracer{}, noop.Tracer{}

func startTracers(wanted bool) {
	if wanted {
		logicTracer, modelTracer = otel.Tracer("logic"), otel.Tracer("model")
	}
}

// unsampled is the context of a caller whose spans nobody wants.
func unsampled() context.Context {
	return trace.ContextWithRemoteSpanContext(context.Background(),
		trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}}))
}

// ended closes a span by what came of it.
func ended(span trace.Span, err error) {
	if err != nil {
		span.RecordError(err)
		span.SetStatus(codes.Error, err.Error())
	} else {
		span.SetStatus(codes.Ok, "")
	}
	span.End()
}
