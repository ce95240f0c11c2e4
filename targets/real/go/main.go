// Go's net/http with otelhttp, with the routes and answers of the emulated HTTP services.
//
//	PORT=8080 ./hello
//
// Go's SDK knows neither OTEL_SDK_DISABLED nor OTEL_TRACES_EXPORTER, so a service that wants to be measured looks by
// itself: `absent` below is a handler without otelhttp, `noop` otelhttp without an SDK.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/trace"
)

type user struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	CreatedAt string `json:"created_at"`
}

const created = "2024-01-01T00:00:00Z"

var lastID atomic.Int64

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]string{"hello": r.PathValue("name")})
	})
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil || id < 0 {
			answer(w, http.StatusBadRequest, map[string]string{"error": "the user id must be a whole number"})
			return
		}
		name := "user-" + r.PathValue("id")
		answer(w, http.StatusOK, user{id, name, name + "@example.com", created})
	})
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) {
		made := user{CreatedAt: created}
		if json.NewDecoder(r.Body).Decode(&made) != nil || made.Name == "" {
			answer(w, http.StatusBadRequest, map[string]string{"error": "the user needs a name"})
			return
		}
		made.ID = lastID.Add(1)
		answer(w, http.StatusCreated, made)
	})
	return mux
}

// traced wraps the handler as far as the environment says; the function that it returns sends the last spans.
func traced(handler http.Handler) (http.Handler, func(context.Context) error) {
	state, done := os.Getenv("TRACETAX_STATE"), func(context.Context) error { return nil }
	if state == "absent" {
		return handler, done
	}
	otel.SetTextMapPropagator(propagation.TraceContext{})
	if os.Getenv("OTEL_SDK_DISABLED") != "true" {
		options := []trace.TracerProviderOption{}
		if os.Getenv("OTEL_TRACES_EXPORTER") != "none" {
			exporter, err := otlptracehttp.New(context.Background())
			if err != nil {
				log.Fatal(err)
			}
			options = append(options, trace.WithBatcher(exporter))
		}
		provider := trace.NewTracerProvider(options...)
		otel.SetTracerProvider(provider)
		done = provider.Shutdown
	}
	return otelhttp.NewHandler(handler, "hello"), done
}

func main() {
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	handler, flush := traced(routes())
	server := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: handler}
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	<-stop.Done()
	_ = server.Close()
	if err := flush(context.Background()); err != nil {
		log.Print(err)
	}
}
