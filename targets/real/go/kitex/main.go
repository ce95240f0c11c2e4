// Kitex with kitex-contrib's obs-opentelemetry, under three names: kitex-thrift answers Thrift, framed or in TTHeader;
// kitex-pb and kitex-grpc are one service in protobuf, whose protocol the caller chooses. kitex_gen is made by
// `go build github.com/cloudwego/kitex/tool/cmd/kitex` of v0.16.3 and
//
//	kitex -module tracetax/kitex bench.thrift
//	kitex -module tracetax/kitex -type protobuf bench.proto
//
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"os"

	"github.com/cloudwego/kitex/pkg/rpcinfo"
	"github.com/cloudwego/kitex/server"
	"github.com/kitex-contrib/obs-opentelemetry/provider"
	"github.com/kitex-contrib/obs-opentelemetry/tracing"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace"
	"tracetax/bench"
	thrift "tracetax/kitex/kitex_gen/bench"
	thriftservice "tracetax/kitex/kitex_gen/bench/bench"
	pb "tracetax/kitex/kitex_gen/benchpb"
	pbservice "tracetax/kitex/kitex_gen/benchpb/bench"
)

type thriftBench struct{}

func (thriftBench) Echo(_ context.Context, request *thrift.EchoRequest) (*thrift.EchoReply, error) {
	return &thrift.EchoReply{Text: request.Text}, nil
}

func (thriftBench) GetUser(_ context.Context, request *thrift.GetUserRequest) (*thrift.User, error) {
	user := bench.UserOf(request.Id)
	return &thrift.User{Id: user.ID, Name: user.Name, Email: user.Email, CreatedAt: user.CreatedAt}, nil
}

type pbBench struct{}

func (pbBench) Echo(_ context.Context, request *pb.EchoRequest) (*pb.EchoReply, error) {
	return &pb.EchoReply{Text: request.Text}, nil
}

func (pbBench) GetUser(_ context.Context, request *pb.GetUserRequest) (*pb.User, error) {
	user := bench.UserOf(request.Id)
	return &pb.User{Id: user.ID, Name: user.Name, Email: user.Email, CreatedAt: user.CreatedAt}, nil
}

// setNative sets up Kitex's own provider, which exports over gRPC alone and always, metrics left out. Its Shutdown stops
// the exporter and loses what the batch still holds, so the SDK's is called.
func setNative(state *bench.Tracing) error {
	if state.State == "record" || os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") != "grpc" {
		return errors.New("TRACETAX_NATIVE=1: Kitex's own provider always exports, and over gRPC")
	}
	sampler, err := bench.Sampler()
	if err != nil {
		return err
	}
	collector, err := bench.Collector()
	if err != nil {
		return err
	}
	provider.NewOpenTelemetryProvider(provider.WithInsecure(), provider.WithEnableMetrics(false),
		provider.WithSampler(sampler), provider.WithExportEndpoint(collector))
	state.Flush = otel.GetTracerProvider().(*trace.TracerProvider).Shutdown
	return nil
}

func main() {
	modules := []string{"github.com/cloudwego/kitex", "github.com/kitex-contrib/obs-opentelemetry"}
	state := bench.Start(bench.Target{Name: "kitex-thrift", Wire: "kitex", Native: true, Modules: modules},
		bench.Target{Name: "kitex-pb", Wire: "kitex", Native: true, Modules: modules},
		bench.Target{Name: "kitex-grpc", Wire: "grpc", Native: true, Modules: modules})
	address, err := net.ResolveTCPAddr("tcp", bench.Address())
	if err == nil && state.Native && state.SDK() {
		err = setNative(state)
	}
	if err != nil {
		log.Fatal(err)
	}
	options := []server.Option{server.WithServiceAddr(address),
		server.WithServerBasicInfo(&rpcinfo.EndpointBasicInfo{ServiceName: "bench.v1.Bench"})}
	if state.Wanted() {
		options = append(options, server.WithSuite(tracing.NewServerSuite()))
	}
	var service server.Server
	if bench.Name() == "kitex-thrift" {
		service = thriftservice.NewServer(&thriftBench{}, options...)
	} else {
		service = pbservice.NewServer(&pbBench{}, options...)
	}
	go func() {
		if err := service.Run(); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(state, nil) // Kitex sees SIGTERM itself
}
