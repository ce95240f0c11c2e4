// kratos over gRPC: kratos-grpc with the documented middleware, kratos-grpc-min with recovery and tracing only.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"os"

	"github.com/go-kratos/kratos/v2"
	kratoslog "github.com/go-kratos/kratos/v2/log"
	"github.com/go-kratos/kratos/v2/middleware"
	"github.com/go-kratos/kratos/v2/middleware/logging"
	"github.com/go-kratos/kratos/v2/middleware/metadata"
	"github.com/go-kratos/kratos/v2/middleware/metrics"
	"github.com/go-kratos/kratos/v2/middleware/ratelimit"
	"github.com/go-kratos/kratos/v2/middleware/recovery"
	"github.com/go-kratos/kratos/v2/middleware/tracing"
	"github.com/go-kratos/kratos/v2/middleware/validate"
	"github.com/go-kratos/kratos/v2/transport/grpc"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"tracetax/bench"
	"tracetax/benchpb"
)

func logger() kratoslog.Logger {
	return kratoslog.With(kratoslog.NewStdLogger(os.Stdout),
		"ts", kratoslog.DefaultTimestamp, "caller", kratoslog.DefaultCaller, "service.name", "bench",
		"trace.id", tracing.TraceID(), "span.id", tracing.SpanID())
}

func measured() middleware.Middleware {
	meter := sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewManualReader()),
		sdkmetric.WithView(metrics.DefaultSecondsHistogramView(metrics.DefaultServerSecondsHistogramName)),
	).Meter("bench")
	requests, err := metrics.DefaultRequestsCounter(meter, metrics.DefaultServerRequestsCounterName)
	if err != nil {
		log.Fatal(err)
	}
	seconds, err := metrics.DefaultSecondsHistogram(meter, metrics.DefaultServerSecondsHistogramName)
	if err != nil {
		log.Fatal(err)
	}
	return metrics.Server(metrics.WithRequests(requests), metrics.WithSeconds(seconds))
}

func main() {
	modules := []string{"github.com/go-kratos/kratos/v2", "google.golang.org/grpc"}
	state := bench.Start(bench.Target{Name: "kratos-grpc", Wire: "grpc", Modules: modules},
		bench.Target{Name: "kratos-grpc-min", Wire: "grpc", Modules: modules})
	chain := []middleware.Middleware{recovery.Recovery()}
	if state.Wanted() {
		chain = append(chain, tracing.Server())
	}
	if bench.Name() != "kratos-grpc-min" {
		chain = append(chain, logging.Server(logger()), measured(), metadata.Server(), ratelimit.Server(),
			validate.Validator())
	}
	server := grpc.NewServer(grpc.Address(bench.Address()), grpc.Middleware(chain...))
	benchpb.RegisterBenchServer(server, &benchpb.Service{})
	app := kratos.New(kratos.Name("bench"), kratos.Server(server))
	go func() {
		if err := app.Run(); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(state, func() { _ = app.Stop() })
}
