// go-zero's zRPC with the interceptors of its default configuration.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"net/url"
	"os"
	"strconv"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/core/trace"
	"github.com/zeromicro/go-zero/zrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"google.golang.org/grpc"
	"google.golang.org/grpc/reflection"
	"tracetax/bench"
	"tracetax/benchpb"
)

// native is what go-zero's own provider needs to know: it reads no OTEL_* variables but those of the batch.
func native() trace.Config {
	config := trace.Config{Name: os.Getenv("OTEL_SERVICE_NAME"), Sampler: 1, Batcher: "otlphttp"}
	if ratio, err := strconv.ParseFloat(os.Getenv("OTEL_TRACES_SAMPLER_ARG"), 64); err == nil {
		config.Sampler = ratio
	}
	if os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" {
		config.Batcher = "otlpgrpc"
	}
	if endpoint, err := url.Parse(os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT")); err == nil {
		config.Endpoint = endpoint.Host
	}
	return config
}

func main() {
	tracing := bench.Start(bench.Target{Name: "gozero-zrpc", Wire: "grpc",
		Modules: []string{"github.com/zeromicro/go-zero", "google.golang.org/grpc"}})
	var config zrpc.RpcServerConf
	if err := conf.LoadFromYamlBytes([]byte("Name: bench\nListenOn: "+bench.Address()+"\n"), &config); err != nil {
		log.Fatal(err)
	}
	config.Middlewares.Trace = tracing.Wanted()
	config.Telemetry.Disabled = true // else it would replace the provider
	if tracing.Wanted() {            // as go-zero sets it where nobody else does
		otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(
			propagation.TraceContext{}, propagation.Baggage{}))
	}
	if tracing.Native && tracing.SDK() {
		config.Telemetry = native()
	}
	server := zrpc.MustNewServer(config, func(server *grpc.Server) {
		benchpb.RegisterBenchServer(server, &benchpb.Service{})
		reflection.Register(server)
	})
	go server.Start()
	bench.UntilStopped(tracing, func() {
		server.Stop()
		trace.StopAgent()
	})
}
