// TarsGo with a tracing filter like that of its contrib module, which does not compile with today's SDK.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/TarsCloud/TarsGo/tars"
	"github.com/TarsCloud/TarsGo/tars/protocol/res/requestf"
	"github.com/TarsCloud/TarsGo/tars/util/current"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"tracetax/bench"
)

const (
	servantName = "tracetax.Bench.BenchObj"
	scope       = "github.com/TarsCloud/TarsGo/tars/middleware/opentelemetry"
	version     = "semver:" + tars.Version
)

const configuration = `<tars>
  <application>
    <server>
      app=tracetax
      server=Bench
      localip=127.0.0.1
      <tracetax.Bench.BenchObjAdapter>
        endpoint=tcp -h 127.0.0.1 -p %d -t 60000
        protocol=tars
        servant=tracetax.Bench.BenchObj
        threads=1
      </tracetax.Bench.BenchObjAdapter>
    </server>
  </application>
</tars>
`

type benchServant struct{}

func (benchServant) Echo(_ context.Context, request *EchoRequest, reply *EchoReply) (int32, error) {
	reply.Text = request.Text
	return 0, nil
}

func (benchServant) GetUser(_ context.Context, request *GetUserRequest, user *User) (int32, error) {
	*user = User(bench.UserOf(request.ID))
	return 0, nil
}

// traced is a span for each call, whose context comes in the packet's status map.
func traced(next tars.ServerFilter) tars.ServerFilter {
	tracer := otel.GetTracerProvider().Tracer(scope, trace.WithInstrumentationVersion(version))
	meter := otel.GetMeterProvider().Meter(scope, metric.WithInstrumentationVersion(version))
	duration, err := meter.Int64Histogram("tars.server.duration", metric.WithUnit("ms"))
	if err != nil {
		log.Fatal(err)
	}
	propagator := otel.GetTextMapPropagator()
	return func(ctx context.Context, dispatch tars.Dispatch, servant interface{}, request *requestf.RequestPacket,
		response *requestf.ResponsePacket, withContext bool) error {
		start := time.Now()
		ip, _ := current.GetClientIPFromContext(ctx)
		port, _ := current.GetClientPortFromContext(ctx)
		config := tars.GetServerConfig()
		attributes := []attribute.KeyValue{
			attribute.String("tars.master.name", request.Status["TARS_MASTER_NAME"]),
			attribute.String("tars.master.ip", ip),
			attribute.String("tars.slave.name", config.App+"."+config.Server),
			attribute.String("tars.slave.ip", config.LocalIP),
			attribute.String("tars.interface", request.SServantName),
			attribute.String("tars.method", request.SFuncName),
			attribute.String("tars.version", config.Version),
		}
		ctx = propagator.Extract(ctx, propagation.MapCarrier(request.Status))
		object := request.SServantName[strings.LastIndexByte(request.SServantName, '.')+1:]
		ctx, span := tracer.Start(ctx, object+"."+request.SFuncName,
			trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attributes...))
		defer span.End()
		span.SetAttributes(attribute.String("tars.client.port", port),
			attribute.Int("tars.request.id", int(request.IRequestId)))
		err := next(ctx, dispatch, servant, request, response, withContext)
		result := attribute.Int("tars.rpc.ret", int(response.IRet))
		if err != nil {
			result = attribute.Int("tars.rpc.ret", int(codes.Error))
			span.SetStatus(codes.Error, "server failed")
			span.RecordError(err)
		}
		span.SetAttributes(result)
		duration.Record(ctx, time.Since(start).Milliseconds(), metric.WithAttributes(append(attributes, result)...))
		return err
	}
}

// writeConfiguration returns the file that TarsGo reads: it takes its configuration from nowhere else.
func writeConfiguration() string {
	file, err := os.CreateTemp("", "tars-*.conf")
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	if _, err := fmt.Fprintf(file, configuration, bench.Port); err != nil {
		log.Fatal(err)
	}
	return file.Name()
}

func main() {
	tracing := bench.Start(bench.Target{Name: "tars-go", Wire: "tars", Modules: []string{"github.com/TarsCloud/TarsGo"}})
	tars.ServerConfigPath = writeConfiguration()
	tars.GetServerConfig() // reads it; AddServant would not
	os.Remove(tars.ServerConfigPath)
	if tracing.Wanted() {
		tars.UseServerFilterMiddleware(traced)
	}
	tars.AddServantWithContext(&Dispatcher{}, benchServant{}, servantName)
	go tars.Run()
	bench.UntilStopped(tracing, nil) // TarsGo sees SIGTERM itself
}
