// Hertz as server.Default() makes it, with the tracer and the middleware of hertz-contrib.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/utils"
	"github.com/hertz-contrib/obs-opentelemetry/provider"
	hertztracing "github.com/hertz-contrib/obs-opentelemetry/tracing"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
	"tracetax/bench"
)

func refuse(c *app.RequestContext, err error) {
	c.JSON(http.StatusBadRequest, utils.H{"error": err.Error()})
}

func addRoutes(h *server.Hertz) {
	h.GET("/users/:id", func(_ context.Context, c *app.RequestContext) {
		user, err := bench.UserByText(c.Param("id"))
		if err != nil {
			refuse(c, err)
			return
		}
		c.JSON(http.StatusOK, user)
	})
	h.POST("/users", func(_ context.Context, c *app.RequestContext) {
		var user bench.User
		err := c.BindJSON(&user)
		if err == nil {
			user, err = bench.Make(user)
		}
		if err != nil {
			refuse(c, err)
			return
		}
		c.JSON(http.StatusCreated, user)
	})
	h.GET("/healthz", func(_ context.Context, c *app.RequestContext) {
		c.JSON(http.StatusOK, utils.H{"status": "ok"})
	})
	h.GET("/hello/:name", func(_ context.Context, c *app.RequestContext) {
		c.JSON(http.StatusOK, utils.H{"hello": c.Param("name")})
	})
	h.GET("/fails", func(_ context.Context, c *app.RequestContext) {
		c.JSON(http.StatusInternalServerError, utils.H{"error": "it fails"})
	})
	for _, route := range bench.Fillers(bench.Colon) {
		h.Handle(route.Method, route.Path, func(_ context.Context, c *app.RequestContext) {
			c.JSON(http.StatusOK, utils.H{})
		})
	}
}

// useOwnProvider sets up that of hertz-contrib. It exports over gRPC only, and its Shutdown forgets the spans that are
// still queued; those are sent by the SDK's.
func useOwnProvider(tracing *bench.Tracing) error {
	if tracing.State == "record" || os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") != "grpc" {
		return errors.New("hertz-contrib's own provider exports, and over gRPC only: OTEL_EXPORTER_OTLP_PROTOCOL=grpc")
	}
	sampler, err := bench.Sampler()
	if err != nil {
		return err
	}
	collector, err := bench.Collector()
	if err != nil {
		return err
	}
	provider.NewOpenTelemetryProvider(provider.WithServiceName(os.Getenv("OTEL_SERVICE_NAME")),
		provider.WithExportEndpoint(collector), provider.WithInsecure(), provider.WithSampler(sampler),
		provider.WithTextMapPropagator(propagation.TraceContext{}), provider.WithEnableMetrics(false))
	tracing.Flush = otel.GetTracerProvider().(*trace.TracerProvider).Shutdown
	return nil
}

func newServer(tracing *bench.Tracing) *server.Hertz {
	address := server.WithHostPorts(bench.Address())
	if !tracing.Wanted() {
		return server.Default(address)
	}
	tracer, config := hertztracing.NewServerTracer()
	h := server.Default(address, tracer)
	h.Use(hertztracing.ServerMiddleware(config))
	return h
}

func main() {
	tracing := bench.Start(bench.Target{Name: "hertz", Wire: "http", Native: true,
		Modules: []string{"github.com/cloudwego/hertz", "github.com/hertz-contrib/obs-opentelemetry/tracing",
			"github.com/hertz-contrib/obs-opentelemetry/provider"}})
	if tracing.Native && tracing.SDK() {
		if err := useOwnProvider(tracing); err != nil {
			log.Fatal(err)
		}
	}
	h := newServer(tracing)
	addRoutes(h)
	go func() {
		if err := h.Run(); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = h.Close() })
}
