// Go's net/http with otelhttp around the mux.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"tracetax/bench"
)

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text, _ := json.Marshal(body)
	_, _ = w.Write(text)
}

func refuse(w http.ResponseWriter, err error) {
	answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
}

// call asks the service of --call for the same, and hands the caller's trace on.
func call(client *http.Client, r *http.Request) error {
	request, err := http.NewRequestWithContext(bench.InnerContext(r.Context()), "GET", bench.Call+r.URL.Path, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err = io.Copy(io.Discard, response.Body); err == nil && response.StatusCode != http.StatusOK {
		err = errors.New("the called service answered " + response.Status)
	}
	return err
}

func routes(client *http.Client) http.Handler {
	mux := http.NewServeMux()
	add := func(pattern string, route http.HandlerFunc) { mux.HandleFunc(pattern, obeying(route)) }
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	add("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]string{"hello": r.PathValue("name")})
	})
	add("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		user, err := bench.UserByText(r.PathValue("id"))
		if err != nil {
			refuse(w, err)
			return
		}
		if bench.Call != "" {
			if err := call(client, r); err != nil {
				answer(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
				return
			}
		}
		answer(w, http.StatusOK, user)
	})
	add("POST /users", func(w http.ResponseWriter, r *http.Request) {
		var user bench.User
		err := json.NewDecoder(r.Body).Decode(&user)
		if err == nil {
			user, err = bench.Make(user)
		}
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, http.StatusCreated, user)
	})
	add("GET /fails", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "it fails"})
	})
	for _, route := range bench.Fillers(bench.Braces) {
		add(route.Method+" "+route.Path, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusOK, struct{}{})
		})
	}
	return mux
}

// obeying does what the query asks for before it hands a request to its route.
func obeying(route http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if status, err := bench.Obey(r); err != nil {
			answer(w, status, map[string]string{"error": err.Error()})
			return
		}
		bench.Inside(r.Context())
		route(w, r)
	}
}

// client is one that makes a span of each call and sends the context on.
func client(traced bool) *http.Client {
	if !traced {
		return http.DefaultClient
	}
	options := []otelhttp.Option{}
	if bench.Faulty("no_inject") {
		options = append(options, otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()))
	}
	return &http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport, options...)}
}

func main() {
	page := metrics()
	tracing := bench.Start(bench.Target{Name: "nethttp", Wire: "http", Calls: true,
		Modules: []string{"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"}})
	handler := routes(client(tracing.Wanted()))
	if tracing.Wanted() {
		high := otelhttp.WithSpanOptions(trace.WithAttributes(attribute.String("request.priority", "high")))
		handler = bench.ByPriority(otelhttp.NewHandler(handler, "nethttp"), otelhttp.NewHandler(handler, "nethttp", high))
	}
	if page != nil {
		handler = aside(page, handler)
	}
	server := &http.Server{Addr: bench.Address(), Handler: handler}
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = server.Close() })
}
