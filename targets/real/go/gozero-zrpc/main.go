// go-zero's zRPC with the interceptors of its default configuration.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"strconv"
	"strings"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/core/trace"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/reflection"
	"tracetax/bench"
	"tracetax/benchpb"
)

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
	tracing := bench.Start(bench.Target{Name: "gozero-zrpc", Wire: "grpc", Native: true,
		Modules: []string{"github.com/zeromicro/go-zero", "google.golang.org/grpc"}})
	// go-zero's defaults. Without Telemetry.Disabled it would put its own provider in the place of the environment's.
	text := "Name: bench\nListenOn: " + bench.Address() + "\nTelemetry:\n  Disabled: true\n"
	var c zrpc.RpcServerConf
	err := conf.LoadFromYamlBytes([]byte(text), &c)
	if err == nil && tracing.Native && tracing.SDK() {
		c.Telemetry, err = ownProvider(tracing)
		tracing.Flush = func(context.Context) error { trace.StopAgent(); return nil }
	}
	if err != nil {
		log.Fatal(err)
	}
	c.Middlewares.Trace = tracing.Wanted()
	server := zrpc.MustNewServer(c, func(server *grpc.Server) {
		benchpb.RegisterBenchServer(server, &benchpb.Service{})
		reflection.Register(server)
	})
	go server.Start()
	bench.UntilStopped(tracing, server.Stop)
}
