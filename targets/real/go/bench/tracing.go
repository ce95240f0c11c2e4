// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
)

// Tracing is the state of tracing that TRACETAX_STATE asks for. Go's SDK knows neither OTEL_SDK_DISABLED nor
// OTEL_TRACES_EXPORTER, so a service that wants to be measured looks by itself:
//
//	absent   no instrumentation: the service does not add any (Wanted is false)
//	noop     instrumentation without an SDK
//	drop     an SDK whose sampler says no; OTEL_TRACES_SAMPLER does that
//	record   spans are recorded, and nobody exports them
//	export   they go to OTEL_EXPORTER_OTLP_ENDPOINT, in batches by OTEL_BSP_*
type Tracing struct {
	State  string
	Native bool // TRACETAX_NATIVE=1: the framework's own provider, which the service sets up then
	Flush  func(context.Context) error
}

// Wanted says whether the service is to be instrumented.
func (t *Tracing) Wanted() bool { return t.State != "absent" }

// SDK says whether there is one.
func (t *Tracing) SDK() bool { return t.State != "absent" && t.State != "noop" }

// newTracing sets the global provider and the propagator (W3C trace context), before any framework binds them.
func newTracing() (*Tracing, error) {
	tracing := &Tracing{
		State:  os.Getenv("TRACETAX_STATE"),
		Native: os.Getenv("TRACETAX_NATIVE") == "1",
		Flush:  func(context.Context) error { return nil },
	}
	if tracing.State == "" {
		tracing.State = stateByStandardVariables()
	}
	switch tracing.State {
	case "absent", "noop", "drop", "record", "export":
	default:
		return nil, fmt.Errorf("TRACETAX_STATE=%s: it is absent, noop, drop, record or export", tracing.State)
	}
	if !tracing.Wanted() {
		return tracing, nil
	}
	otel.SetTextMapPropagator(propagation.TraceContext{})
	if !tracing.SDK() || tracing.Native {
		return tracing, nil
	}
	options := []trace.TracerProviderOption{} // the sampler and the resource follow OTEL_* by themselves
	if tracing.State == "export" || tracing.State == "drop" {
		exporter, err := Exporter()
		if err != nil {
			return nil, err
		}
		options = append(options, trace.WithBatcher(exporter))
	}
	provider := trace.NewTracerProvider(options...)
	otel.SetTracerProvider(provider)
	tracing.Flush = provider.Shutdown
	return tracing, nil
}

func stateByStandardVariables() string {
	switch {
	case os.Getenv("OTEL_SDK_DISABLED") == "true":
		return "noop"
	case os.Getenv("OTEL_TRACES_EXPORTER") == "none":
		return "record"
	}
	return "export"
}

// Exporter is OTLP by OTEL_EXPORTER_OTLP_PROTOCOL, over HTTP where nothing is said.
func Exporter() (trace.SpanExporter, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" {
		return otlptracegrpc.New(context.Background(), otlptracegrpc.WithInsecure())
	}
	return otlptracehttp.New(context.Background())
}

// Sampler is that of OTEL_TRACES_SAMPLER, for frameworks' own providers, which do not look there.
func Sampler() (trace.Sampler, error) {
	ratio := 1.0
	if text := os.Getenv("OTEL_TRACES_SAMPLER_ARG"); text != "" {
		var err error
		if ratio, err = strconv.ParseFloat(text, 64); err != nil {
			return nil, fmt.Errorf("OTEL_TRACES_SAMPLER_ARG=%s: it is a number from 0 to 1", text)
		}
	}
	switch name := os.Getenv("OTEL_TRACES_SAMPLER"); name {
	case "always_on":
		return trace.AlwaysSample(), nil
	case "always_off":
		return trace.NeverSample(), nil
	case "traceidratio":
		return trace.TraceIDRatioBased(ratio), nil
	case "", "parentbased_always_on":
		return trace.ParentBased(trace.AlwaysSample()), nil
	case "parentbased_always_off":
		return trace.ParentBased(trace.NeverSample()), nil
	case "parentbased_traceidratio":
		return trace.ParentBased(trace.TraceIDRatioBased(ratio)), nil
	default:
		return nil, fmt.Errorf("OTEL_TRACES_SAMPLER=%s is not known; --describe names those that are", name)
	}
}

// Collector is host:port of OTEL_EXPORTER_OTLP_ENDPOINT, for frameworks' own providers.
func Collector() (string, error) {
	endpoint := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	parsed, err := url.Parse(endpoint)
	if err != nil || parsed.Host == "" {
		return "", fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT=%s: an address as http://127.0.0.1:4318 is wanted", endpoint)
	}
	return parsed.Host, nil
}
