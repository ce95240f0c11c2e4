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
	self   *self
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
	if !Faulty("no_propagator") {
		otel.SetTextMapPropagator(propagation.TraceContext{})
	}
	if !tracing.SDK() || tracing.Native {
		return tracing, nil
	}
	provider, err := tracing.provider()
	if err != nil {
		return nil, err
	}
	otel.SetTracerProvider(provider)
	if !Faulty("no_shutdown") {
		tracing.Flush = provider.Shutdown
	}
	return tracing, nil
}

// provider is the SDK's: the sampler and the resource follow OTEL_* by themselves, but for mistakes and counts.
func (t *Tracing) provider() (*trace.TracerProvider, error) {
	t.self = newSelf()
	options := faultyProcessors()
	sampler := faultySampler()
	if t.self != nil {
		if sampler == nil {
			var err error
			if sampler, err = Sampler(); err != nil {
				return nil, err
			}
		}
		t.self.sampler = sampler.Description()
		sampler = countingSampler{sampler, t.self}
		options = append(options, trace.WithSpanProcessor(countingProcessor{t.self}))
	}
	if sampler != nil {
		options = append(options, trace.WithSampler(sampler))
	}
	if (t.State == "export" || t.State == "drop") && !Faulty("no_exporter") {
		way, err := t.wayOut()
		if err != nil {
			return nil, err
		}
		options = append(options, way)
	}
	return trace.NewTracerProvider(options...), nil
}

// wayOut is the exporter with the processor that feeds it.
func (t *Tracing) wayOut() (trace.TracerProviderOption, error) {
	exporter, err := Exporter()
	if err != nil {
		return nil, err
	}
	processor := "batch"
	if Faulty("sync_exporter") {
		processor = "simple"
	}
	if t.self != nil {
		t.self.exporter, t.self.processor = endpoint(), processor
		exporter = countingExporter{exporter, t.self}
	}
	if processor == "simple" {
		return trace.WithSyncer(exporter), nil
	}
	queue := []trace.BatchSpanProcessorOption{}
	if Faulty("full_queue") {
		queue = append(queue, trace.WithMaxQueueSize(16), trace.WithMaxExportBatchSize(16))
	}
	return trace.WithBatcher(exporter, queue...), nil
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
		options := []otlptracegrpc.Option{otlptracegrpc.WithInsecure()}
		if Faulty("wrong_address") {
			options = append(options, otlptracegrpc.WithEndpoint(nobody))
		}
		return otlptracegrpc.New(context.Background(), options...)
	}
	options := []otlptracehttp.Option{}
	if Faulty("wrong_address") {
		options = append(options, otlptracehttp.WithEndpoint(nobody), otlptracehttp.WithInsecure())
	}
	return otlptracehttp.New(context.Background(), options...)
}

// endpoint is where Exporter sends to, and how.
func endpoint() string {
	protocol, address := "http/protobuf", os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")
	if os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" {
		protocol = "grpc"
	}
	if Faulty("wrong_address") {
		address = "http://" + nobody
	}
	return "otlp " + protocol + " " + address
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
