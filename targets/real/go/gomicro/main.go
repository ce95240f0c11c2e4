// go-micro with its OpenTelemetry handler wrapper. Nobody looks it up and no events are sent, so registry and broker
// are in memory: the default ones speak to the network.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"log"

	"go-micro.dev/v5"
	"go-micro.dev/v5/broker"
	"go-micro.dev/v5/registry"
	"go-micro.dev/v5/wrapper/trace/opentelemetry"
	"tracetax/bench"
	"tracetax/benchpb"
)

// Bench answers the calls of bench.proto; its name is that of the endpoints: Bench.Echo.
type Bench struct{}

func (*Bench) Echo(_ context.Context, request *benchpb.EchoRequest, reply *benchpb.EchoReply) error {
	reply.Text = request.Text
	return nil
}

func (*Bench) GetUser(_ context.Context, request *benchpb.GetUserRequest, reply *benchpb.User) error {
	user := bench.UserOf(request.Id)
	reply.Id, reply.Name, reply.Email, reply.CreatedAt = user.ID, user.Name, user.Email, user.CreatedAt
	return nil
}

func main() {
	tracing := bench.Start(bench.Target{Name: "gomicro", Wire: "gomicro", Modules: []string{"go-micro.dev/v5"}})
	options := []micro.Option{micro.Name("bench"), micro.Address(bench.Address()),
		micro.Registry(registry.NewMemoryRegistry()), micro.Broker(broker.NewMemoryBroker())}
	if tracing.Wanted() {
		options = append(options, micro.WrapHandler(opentelemetry.NewHandlerWrapper()))
	}
	service := micro.NewService(options...)
	if err := micro.RegisterHandler(service.Server(), &Bench{}); err != nil {
		log.Fatal(err)
	}
	if err := service.Server().Start(); err != nil {
		log.Fatal(err)
	}
	bench.UntilStopped(tracing, func() { _ = service.Server().Stop() })
}
