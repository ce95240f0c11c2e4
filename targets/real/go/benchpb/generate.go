// Package benchpb is scenarios/suites/bench.proto in Go, and the service that it names: what the servers share that
// speak gRPC or protobuf. Made by protoc 3.21.12, protoc-gen-go v1.36.11 and protoc-gen-go-grpc v1.6.0.
//
// SPDX-License-Identifier: Apache-2.0
package benchpb

//go:generate protoc -I ../../../../scenarios/suites --go_out=. --go-grpc_out=. --go_opt=module=tracetax/benchpb --go-grpc_opt=module=tracetax/benchpb --go_opt=Mbench.proto=tracetax/benchpb --go-grpc_opt=Mbench.proto=tracetax/benchpb bench.proto
