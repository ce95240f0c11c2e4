// SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
)

// metrics is the page of what the SDK counts of itself (otel_sdk_...), and otelhttp of requests, where
// OTEL_GO_X_OBSERVABILITY=true has the SDK count; nil otherwise. To be called before there is an SDK.
func metrics() http.Handler {
	if os.Getenv("OTEL_GO_X_OBSERVABILITY") != "true" {
		return nil
	}
	exporter, err := prometheus.New(prometheus.WithoutScopeInfo(), prometheus.WithoutTargetInfo())
	if err != nil {
		log.Fatal(err)
	}
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(exporter)))
	return promhttp.Handler()
}

// aside answers /metrics by the page, out of sight of the instrumentation.
func aside(page, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			page.ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}
