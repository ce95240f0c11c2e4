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
	kratostracing "github.com/go-kratos/kratos/v2/middleware/tracing"
	"github.com/go-kratos/kratos/v2/middleware/validate"
	"github.com/go-kratos/kratos/v2/transport/grpc"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"tracetax/bench"
	"tracetax/benchpb"
)

// newLogger is that of kratos-layout.
func newLogger() kratoslog.Logger {
	return kratoslog.With(kratoslog.NewStdLogger(os.Stdout), "ts", kratoslog.DefaultTimestamp,
		"caller", kratoslog.DefaultCaller, "service.id", "", "service.name", "bench", "service.version", "",
		"trace.id", kratostracing.TraceID(), "span.id", kratostracing.SpanID())
}

// measured is the middleware of metrics, as kratos' documentation sets it up, over Prometheus.
func measured() (middleware.Middleware, error) {
	exporter, err := prometheus.New()
	if err != nil {
		return nil, err
	}
	meter := metric.NewMeterProvider(metric.WithReader(exporter)).Meter("bench")
	requests, err := metrics.DefaultRequestsCounter(meter, metrics.DefaultServerRequestsCounterName)
	if err != nil {
		return nil, err
	}
	seconds, err := metrics.DefaultSecondsHistogram(meter, metrics.DefaultServerSecondsHistogramName)
	if err != nil {
		return nil, err
	}
	return metrics.Server(metrics.WithSeconds(seconds), metrics.WithRequests(requests)), nil
}

func chain(tracing *bench.Tracing, minimal bool, logger kratoslog.Logger) ([]middleware.Middleware, error) {
	all := []middleware.Middleware{recovery.Recovery()}
	if tracing.Wanted() {
		all = append(all, kratostracing.Server())
	}
	if minimal {
		return all, nil
	}
	metered, err := measured()
	return append(all, logging.Server(logger), metered, metadata.Server(), ratelimit.Server(), validate.Validator()), err
}

func main() {
	modules := []string{"github.com/go-kratos/kratos/v2", "github.com/go-kratos/aegis", "google.golang.org/grpc"}
	tracing := bench.Start(bench.Target{Name: "kratos-grpc", Wire: "grpc", Modules: modules},
		bench.Target{Name: "kratos-grpc-min", Wire: "grpc", Modules: modules})
	logger := newLogger()
	middlewares, err := chain(tracing, bench.Name() == "kratos-grpc-min", logger)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.Address(bench.Address()), grpc.Middleware(middlewares...))
	benchpb.RegisterBenchServer(server, &benchpb.Service{})
	app := kratos.New(kratos.Name("bench"), kratos.Logger(logger), kratos.Server(server))
	go func() {
		if err := app.Run(); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = app.Stop() })
}
