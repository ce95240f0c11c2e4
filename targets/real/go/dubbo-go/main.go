// dubbo-go over Triple with its own OpenTelemetry filter.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"log"

	"dubbo.apache.org/dubbo-go/v3/common/constant"
	_ "dubbo.apache.org/dubbo-go/v3/imports"
	"dubbo.apache.org/dubbo-go/v3/protocol"
	"dubbo.apache.org/dubbo-go/v3/protocol/triple/triple_protocol"
	"dubbo.apache.org/dubbo-go/v3/server"
	"tracetax/bench"
	"tracetax/benchpb"
)

// Bench answers the calls of bench.proto. It must be exported, or dubbo-go does not listen.
type Bench struct{ benchpb.Service }

// info is what protoc-gen-triple would write.
var info = server.ServiceInfo{
	InterfaceName: "bench.v1.Bench",
	ServiceType:   (*benchpb.BenchServer)(nil),
	Methods: []server.MethodInfo{
		{
			Name:        "Echo",
			Type:        constant.CallUnary,
			ReqInitFunc: func() any { return new(benchpb.EchoRequest) },
			MethodFunc: func(ctx context.Context, args []any, handler any) (any, error) {
				reply, err := handler.(benchpb.BenchServer).Echo(ctx, args[0].(*benchpb.EchoRequest))
				if err != nil {
					return nil, err
				}
				return triple_protocol.NewResponse(reply), nil
			},
		},
		{
			Name:        "GetUser",
			Type:        constant.CallUnary,
			ReqInitFunc: func() any { return new(benchpb.GetUserRequest) },
			MethodFunc: func(ctx context.Context, args []any, handler any) (any, error) {
				user, err := handler.(benchpb.BenchServer).GetUser(ctx, args[0].(*benchpb.GetUserRequest))
				if err != nil {
					return nil, err
				}
				return triple_protocol.NewResponse(user), nil
			},
		},
	},
}

func main() {
	tracing := bench.Start(bench.Target{Name: "dubbo-go", Wire: "grpc", Modules: []string{"dubbo.apache.org/dubbo-go/v3"}})
	service, err := server.NewServer(server.WithServerProtocol(
		protocol.WithTriple(), protocol.WithIp("127.0.0.1"), protocol.WithPort(bench.Port)))
	if err != nil {
		log.Fatal(err)
	}
	filters := constant.DefaultServiceFilters
	if tracing.Wanted() { // as dubbo.WithTracing does, which would bring a provider of its own
		filters += "," + constant.OTELServerTraceKey
	}
	if err := service.Register(&Bench{}, &info, server.WithFilter(filters)); err != nil {
		log.Fatal(err)
	}
	go func() {
		if err := service.Serve(); err != nil {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, nil) // dubbo-go sees SIGTERM itself
}
