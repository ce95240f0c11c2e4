// SPDX-License-Identifier: Apache-2.0
package benchpb

import (
	"context"
	"io"
	"time"

	"google.golang.org/grpc"
	"tracetax/bench"
)

// Service answers the calls of bench.proto.
type Service struct{ UnimplementedBenchServer }

func (*Service) Echo(_ context.Context, request *EchoRequest) (*EchoReply, error) {
	return &EchoReply{Text: request.Text}, nil
}

func (*Service) GetUser(_ context.Context, request *GetUserRequest) (*User, error) {
	user := bench.UserOf(request.Id)
	return &User{Id: user.ID, Name: user.Name, Email: user.Email, CreatedAt: user.CreatedAt}, nil
}

func (*Service) Collect(stream grpc.ClientStreamingServer[EchoRequest, CollectReply]) error {
	reply := &CollectReply{}
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return stream.SendAndClose(reply)
		}
		if err != nil {
			return err
		}
		reply.Messages++
		reply.Bytes += uint64(len(request.Text))
	}
}

func (*Service) Feed(request *FeedRequest, stream grpc.ServerStreamingServer[EchoReply]) error {
	for number := uint32(1); number <= request.Count; number++ {
		if number == request.PauseBefore {
			time.Sleep(time.Duration(request.PauseMs) * time.Millisecond)
		}
		if err := stream.Send(&EchoReply{Text: request.Text}); err != nil {
			return err
		}
	}
	return nil
}

func (*Service) Chat(stream grpc.BidiStreamingServer[EchoRequest, EchoReply]) error {
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(&EchoReply{Text: request.Text}); err != nil {
			return err
		}
	}
}
