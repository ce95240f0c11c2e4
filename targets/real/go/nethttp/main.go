// Go's net/http with otelhttp around the mux.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/json"
	"log"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
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

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]string{"hello": r.PathValue("name")})
	})
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		user, err := bench.UserByText(r.PathValue("id"))
		if err != nil {
			refuse(w, err)
			return
		}
		answer(w, http.StatusOK, user)
	})
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) {
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
	mux.HandleFunc("GET /fails", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "it fails"})
	})
	for _, route := range bench.Fillers(bench.Braces) {
		mux.HandleFunc(route.Method+" "+route.Path, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusOK, struct{}{})
		})
	}
	return mux
}

func main() {
	tracing := bench.Start(bench.Target{Name: "nethttp", Wire: "http",
		Modules: []string{"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"}})
	handler := routes()
	if tracing.Wanted() {
		handler = otelhttp.NewHandler(handler, "nethttp")
	}
	server := &http.Server{Addr: bench.Address(), Handler: handler}
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = server.Close() })
}
