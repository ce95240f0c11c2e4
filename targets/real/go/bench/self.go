// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync/atomic"

	"go.opentelemetry.io/otel/sdk/trace"
)

// self counts what the SDK does, where TRACETAX_SELF=1 asks for it: the line {"tracetax_spans":{...}} at the end of the
// program. Go's SDK does not say how many spans its queue dropped, nor what came after a span's end; the first follows
// from the others once everything was flushed, the second stays unknown.
type self struct {
	started, sampled, ended, exported, failed atomic.Int64
	sampler, exporter, processor              string
}

func newSelf() *self {
	if os.Getenv("TRACETAX_SELF") != "1" {
		return nil
	}
	return &self{sampler: "none", exporter: "none", processor: "none"}
}

// print writes the line; none where nobody asked for it.
func (s *self) print() {
	if s == nil {
		return
	}
	counts := map[string]any{"started": s.started.Load(), "sampled": s.sampled.Load(), "ended": s.ended.Load(),
		"exported": s.exported.Load(), "failed": s.failed.Load(), "dropped": 0,
		"sampler": s.sampler, "exporter": s.exporter, "processor": s.processor}
	if s.exporter != "none" && !Faulty("no_shutdown") { // else some were still waiting
		counts["dropped"] = max(0, s.ended.Load()-s.exported.Load()-s.failed.Load())
	}
	line, _ := json.Marshal(map[string]any{"tracetax_spans": counts})
	fmt.Println(string(line))
}

// countingSampler is asked for every span, also for those that no processor sees.
type countingSampler struct {
	trace.Sampler
	self *self
}

func (c countingSampler) ShouldSample(asked trace.SamplingParameters) trace.SamplingResult {
	result := c.Sampler.ShouldSample(asked)
	c.self.started.Add(1)
	if result.Decision == trace.RecordAndSample {
		c.self.sampled.Add(1)
	}
	return result
}

type countingProcessor struct{ self *self }

func (countingProcessor) OnStart(context.Context, trace.ReadWriteSpan) {}
func (c countingProcessor) OnEnd(trace.ReadOnlySpan)                   { c.self.ended.Add(1) }
func (countingProcessor) Shutdown(context.Context) error               { return nil }
func (countingProcessor) ForceFlush(context.Context) error             { return nil }

type countingExporter struct {
	trace.SpanExporter
	self *self
}

func (c countingExporter) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	err := c.SpanExporter.ExportSpans(ctx, spans)
	failed := 0
	if err != nil {
		failed = len(spans)
		if found := partialSuccess.FindStringSubmatch(err.Error()); found != nil {
			failed, _ = strconv.Atoi(found[1])
		}
	}
	c.self.failed.Add(int64(failed))
	c.self.exported.Add(int64(len(spans) - failed))
	return err
}

// The exporters' type of this error is internal to each.
var partialSuccess = regexp.MustCompile(`OTLP partial success: .*\((\d+) spans rejected\)`)
