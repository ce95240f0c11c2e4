// go-zero REST with the middleware of its default configuration. As gozero-rest-cpu0 it has no shedder, which otherwise
// drops by the load of the whole machine.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/core/trace"
	"github.com/zeromicro/go-zero/rest"
	"github.com/zeromicro/go-zero/rest/httpx"
	"tracetax/bench"
)

type getUser struct {
	ID int64 `path:"id"`
}

type createUser struct {
	Name      string `json:"name,optional"`
	Email     string `json:"email,optional"`
	CreatedAt string `json:"created_at,optional"`
}

type hello struct {
	Name string `path:"name"`
}

// handle is what goctl writes for each route: the request is parsed, the logic called, the answer written.
func handle[Request any](status int, logic func(Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var request Request
		if err := httpx.Parse(r, &request); err != nil {
			httpx.ErrorCtx(r.Context(), w, err)
			return
		}
		answer, err := logic(request)
		if err != nil {
			httpx.ErrorCtx(r.Context(), w, err)
			return
		}
		httpx.WriteJsonCtx(r.Context(), w, status, answer)
	}
}

func addRoutes(server *rest.Server) {
	add := func(method, path string, handler http.HandlerFunc) {
		server.AddRoute(rest.Route{Method: method, Path: path, Handler: handler})
	}
	add("GET", "/users/:id", handle(http.StatusOK, func(request getUser) (any, error) {
		if request.ID < 0 {
			return nil, errors.New("the user id must be a whole number")
		}
		return bench.UserOf(request.ID), nil
	}))
	add("POST", "/users", handle(http.StatusCreated, func(request createUser) (any, error) {
		return bench.Make(bench.User{Name: request.Name, Email: request.Email, CreatedAt: request.CreatedAt})
	}))
	add("GET", "/healthz", handle(http.StatusOK, func(struct{}) (any, error) {
		return map[string]string{"status": "ok"}, nil
	}))
	add("GET", "/hello/:name", handle(http.StatusOK, func(request hello) (any, error) {
		return map[string]string{"hello": request.Name}, nil
	}))
	add("GET", "/fails", handle(http.StatusInternalServerError, func(struct{}) (any, error) {
		return map[string]string{"error": "it fails"}, nil
	}))
	for _, route := range bench.Fillers(bench.Colon) {
		add(route.Method, route.Path, handle(http.StatusOK, func(struct{}) (any, error) { return struct{}{}, nil }))
	}
}

// configuration has go-zero's defaults, but for what is measured. Without Telemetry.Disabled go-zero would put its own
// provider in the place of that of the environment.
func configuration() (rest.RestConf, error) {
	var c rest.RestConf
	text := fmt.Sprintf("Name: bench\nHost: 127.0.0.1\nPort: %d\nTelemetry:\n  Disabled: true\n", bench.Port)
	if bench.Name() == "gozero-rest-cpu0" {
		text += "CpuThreshold: 0\n"
	}
	return c, conf.LoadFromYamlBytes([]byte(text), &c)
}

// ownProvider translates the environment for go-zero's, which is parent-based with a ratio, and nothing else.
func ownProvider(tracing *bench.Tracing) (trace.Config, error) {
	config := trace.Config{Name: os.Getenv("OTEL_SERVICE_NAME"), Sampler: 1, Batcher: "otlphttp"}
	switch os.Getenv("OTEL_TRACES_SAMPLER") {
	case "", "parentbased_always_on":
	case "parentbased_always_off":
		config.Sampler = 0
	case "parentbased_traceidratio":
		var err error
		if config.Sampler, err = strconv.ParseFloat(os.Getenv("OTEL_TRACES_SAMPLER_ARG"), 64); err != nil {
			return config, err
		}
	default:
		return config, errors.New("go-zero's own provider is parent-based: OTEL_TRACES_SAMPLER=parentbased_...")
	}
	if tracing.State == "record" {
		return config, nil
	}
	if strings.HasPrefix(os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), "grpc") {
		config.Batcher = "otlpgrpc"
	}
	var err error
	config.Endpoint, err = bench.Collector()
	return config, err
}

func main() {
	modules := []string{"github.com/zeromicro/go-zero"}
	tracing := bench.Start(bench.Target{Name: "gozero-rest", Wire: "http", Native: true, Modules: modules},
		bench.Target{Name: "gozero-rest-cpu0", Wire: "http", Native: true, Modules: modules})
	c, err := configuration()
	if err == nil && tracing.Native && tracing.SDK() {
		c.Telemetry, err = ownProvider(tracing)
		tracing.Flush = func(context.Context) error { trace.StopAgent(); return nil }
	}
	if err != nil {
		log.Fatal(err)
	}
	c.Middlewares.Trace = tracing.Wanted()
	server := rest.MustNewServer(c)
	addRoutes(server)
	go server.Start()
	bench.UntilStopped(tracing, server.Stop)
}
