// grpc-go with otelgrpc as a stats handler.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"log"
	"net"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"tracetax/bench"
	"tracetax/benchpb"
)

// inside makes the inner spans.
func inside(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	bench.Inside(ctx)
	return next(ctx, request)
}

func main() {
	tracing := bench.Start(bench.Target{Name: "grpc-go", Wire: "grpc", Modules: []string{
		"google.golang.org/grpc", "go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"}})
	// A call's span ends after its answer was sent: so Stop has to wait, or the last spans miss the flush.
	options := []grpc.ServerOption{grpc.WaitForHandlers(true)}
	if tracing.Wanted() {
		options = append(options, grpc.StatsHandler(otelgrpc.NewServerHandler()))
	}
	if bench.InnerSpans > 0 {
		options = append(options, grpc.UnaryInterceptor(inside))
	}
	server := grpc.NewServer(options...)
	benchpb.RegisterBenchServer(server, &benchpb.Service{})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	reflection.Register(server)
	listener, err := net.Listen("tcp", bench.Address())
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		if err := server.Serve(listener); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, server.Stop)
}
