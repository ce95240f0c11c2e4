// kratos over HTTP with the documented chain of middleware; as kratos-http-min with recovery and tracing only.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"log"
	"os"

	"github.com/go-kratos/kratos/v2"
	"github.com/go-kratos/kratos/v2/errors"
	kratoslog "github.com/go-kratos/kratos/v2/log"
	"github.com/go-kratos/kratos/v2/middleware"
	"github.com/go-kratos/kratos/v2/middleware/logging"
	"github.com/go-kratos/kratos/v2/middleware/metadata"
	"github.com/go-kratos/kratos/v2/middleware/metrics"
	"github.com/go-kratos/kratos/v2/middleware/ratelimit"
	"github.com/go-kratos/kratos/v2/middleware/recovery"
	kratostracing "github.com/go-kratos/kratos/v2/middleware/tracing"
	"github.com/go-kratos/kratos/v2/middleware/validate"
	"github.com/go-kratos/kratos/v2/transport/http"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"tracetax/bench"
)

type users struct{}

func answer(user bench.User) *User {
	return &User{Id: user.ID, Name: user.Name, Email: user.Email, CreatedAt: user.CreatedAt}
}

func (users) GetUser(_ context.Context, request *GetUserRequest) (*User, error) {
	if request.Id < 0 {
		return nil, errors.BadRequest("BAD_REQUEST", "the user id must be a whole number")
	}
	return answer(bench.UserOf(request.Id)), nil
}

func (users) CreateUser(_ context.Context, request *User) (*User, error) {
	user, err := bench.Make(bench.User{Name: request.Name, Email: request.Email, CreatedAt: request.CreatedAt})
	if err != nil {
		return nil, errors.BadRequest("BAD_REQUEST", err.Error())
	}
	return answer(user), nil
}

func (users) Health(context.Context, *HealthRequest) (*HealthReply, error) {
	return &HealthReply{Status: "ok"}, nil
}

func (users) Hello(_ context.Context, request *HelloRequest) (*HelloReply, error) {
	return &HelloReply{Hello: request.Name}, nil
}

func (users) Fail(context.Context, *FailRequest) (*User, error) {
	return nil, errors.InternalServer("INTERNAL", "it fails")
}

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

func addRoutes(server *http.Server) {
	RegisterBenchHTTPServer(server, users{})
	router := server.Route("/")
	for _, route := range bench.Fillers(bench.Braces) {
		router.Handle(route.Method, route.Path, func(c http.Context) error { return c.JSON(200, struct{}{}) })
	}
}

func main() {
	modules := []string{"github.com/go-kratos/kratos/v2", "github.com/go-kratos/aegis"}
	tracing := bench.Start(bench.Target{Name: "kratos-http", Wire: "http", Modules: modules},
		bench.Target{Name: "kratos-http-min", Wire: "http", Modules: modules})
	logger := newLogger()
	middlewares, err := chain(tracing, bench.Name() == "kratos-http-min", logger)
	if err != nil {
		log.Fatal(err)
	}
	server := http.NewServer(http.Address(bench.Address()), http.Middleware(middlewares...))
	addRoutes(server)
	app := kratos.New(kratos.Name("bench"), kratos.Logger(logger), kratos.Server(server))
	go func() {
		if err := app.Run(); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = app.Stop() })
}
