// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sort"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Mistakes by which services lose spans, make traces wrong or get slow: TRACETAX_FAULT=NAME[,NAME...], in services that
// have an SDK. The emulated services know the same names.
var mistakes = map[string]string{
	"no_shutdown":        "SIGTERM ends the process, and what waits in the queue is not sent",
	"no_exporter":        "a provider without an exporter",
	"rate_zero":          "code sets a ratio of 0",
	"wrong_address":      "code sends to a port where nobody listens",
	"no_propagator":      "no propagator is set: the caller's context is not read, nor sent on",
	"no_inject":          "the client of --call does not send the context on",
	"background_context": "inner spans and calls start from context.Background()",
	"sync_exporter":      "WithSyncer: whoever ends a span sends it, and waits",
	"many_attributes":    "128 more attributes for every span",
	"unended":            "in every 2nd request the inner spans are never ended",
	"full_queue":         "a queue of 16 spans, and batches of 16",
	"leak":               "every span is kept in memory for ever",
	"code_over_env":      "code sets AlwaysSample: neither OTEL_TRACES_SAMPLER nor the caller is heeded",
	"ctx_shadow":         "ctx, span := Start(ctx) again and again: siblings become a chain, and attributes come after End",
}

// Where nobody listens: a port that only root may open, and for a service that nobody runs.
const nobody = "127.0.0.1:1"

var faults []string

// Faulty says whether the environment asks for that mistake.
func Faulty(name string) bool { return slices.Contains(faults, name) }

// readFaults reads TRACETAX_FAULT. A mistake that this service, as it is set up, cannot make is an error too: an arm
// named after it would show the health of the service.
func readFaults() error {
	text := os.Getenv("TRACETAX_FAULT")
	if text == "" {
		return nil
	}
	faults = strings.Split(text, ",")
	for _, name := range faults {
		if mistakes[name] == "" {
			known := []string{}
			for one := range mistakes {
				known = append(known, one)
			}
			sort.Strings(known)
			return fmt.Errorf("TRACETAX_FAULT=%s: there is no fault '%s'; these are known: %s", text, name,
				strings.Join(known, ", "))
		}
	}
	for _, name := range []string{"unended", "ctx_shadow"} {
		if Faulty(name) && InnerSpans < 2 {
			return fmt.Errorf("TRACETAX_FAULT=%s needs inner spans: --inner-spans 2 or more", name)
		}
	}
	if Faulty("background_context") && InnerSpans == 0 && Call == "" {
		return fmt.Errorf("TRACETAX_FAULT=background_context needs --inner-spans, or a service with --call")
	}
	if Faulty("no_inject") && Call == "" {
		return fmt.Errorf("TRACETAX_FAULT=no_inject needs a service that calls another: --call URL")
	}
	return nil
}

// faultySampler is the one that code sets by mistake, nil where it sets none.
func faultySampler() trace.Sampler {
	switch {
	case Faulty("rate_zero"):
		return trace.TraceIDRatioBased(0)
	case Faulty("code_over_env"):
		return trace.AlwaysSample()
	}
	return nil
}

// faultyProcessors are those that do harm to each span.
func faultyProcessors() []trace.TracerProviderOption {
	options := []trace.TracerProviderOption{}
	if Faulty("many_attributes") {
		options = append(options, trace.WithSpanProcessor(manyAttributes()))
	}
	if Faulty("leak") {
		options = append(options, trace.WithSpanProcessor(&keeper{}))
	}
	return options
}

// started is a processor that looks at spans as they start.
type started func(trace.ReadWriteSpan)

func (s started) OnStart(_ context.Context, span trace.ReadWriteSpan) { s(span) }
func (started) OnEnd(trace.ReadOnlySpan)                              {}
func (started) Shutdown(context.Context) error                        { return nil }
func (started) ForceFlush(context.Context) error                      { return nil }

func manyAttributes() started {
	attributes := make([]attribute.KeyValue, 128)
	for i := range attributes {
		attributes[i] = attribute.String(fmt.Sprintf("debug.value.%d", i), "what somebody thought might be of use")
	}
	return func(span trace.ReadWriteSpan) { span.SetAttributes(attributes...) }
}

// keeper is a table of spans that nobody deletes from.
type keeper struct {
	started
	mutex sync.Mutex
	spans []trace.ReadWriteSpan
}

func (k *keeper) OnStart(_ context.Context, span trace.ReadWriteSpan) {
	k.mutex.Lock()
	k.spans = append(k.spans, span)
	k.mutex.Unlock()
}
