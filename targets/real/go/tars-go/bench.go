// The servant tracetax.Bench.BenchObj of harness/wire/bench_messages.h as tars2go would write it, of Tars' own version
// of the protocol alone. By hand: tars2go is not to be had as a module.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"fmt"

	"github.com/TarsCloud/TarsGo/tars/protocol/codec"
	"github.com/TarsCloud/TarsGo/tars/protocol/res/requestf"
	"github.com/TarsCloud/TarsGo/tars/util/current"
	"github.com/TarsCloud/TarsGo/tars/util/tools"
)

type EchoRequest struct{ Text string }
type EchoReply struct{ Text string }
type GetUserRequest struct{ ID int64 }
type User struct {
	ID                     int64
	Name, Email, CreatedAt string
}

// Servant is what the program implements.
type Servant interface {
	Echo(ctx context.Context, request *EchoRequest, reply *EchoReply) (int32, error)
	GetUser(ctx context.Context, request *GetUserRequest, user *User) (int32, error)
}

func (m *EchoRequest) ReadFrom(from *codec.Reader) error { return from.ReadString(&m.Text, 0, true) }

func (m *GetUserRequest) ReadFrom(from *codec.Reader) error { return from.ReadInt64(&m.ID, 0, true) }

func (m *EchoReply) WriteTo(to *codec.Buffer) error { return to.WriteString(m.Text, 0) }

func (m *User) WriteTo(to *codec.Buffer) error {
	if err := to.WriteInt64(m.ID, 0); err != nil {
		return err
	}
	if err := to.WriteString(m.Name, 1); err != nil {
		return err
	}
	if err := to.WriteString(m.Email, 2); err != nil {
		return err
	}
	return to.WriteString(m.CreatedAt, 3)
}

type readable interface{ ReadFrom(*codec.Reader) error }
type writable interface{ WriteTo(*codec.Buffer) error }

// readBlock reads the struct that is parameter 1.
func readBlock(from *codec.Reader, message readable) error {
	if _, err := from.SkipTo(codec.StructBegin, 1, true); err != nil {
		return err
	}
	if err := message.ReadFrom(from); err != nil {
		return err
	}
	return from.SkipToStructEnd()
}

// writeAnswer writes what the function returned, and the struct that is its parameter 2.
func writeAnswer(to *codec.Buffer, returned int32, message writable) error {
	if err := to.WriteInt32(returned, 0); err != nil {
		return err
	}
	if err := to.WriteHead(codec.StructBegin, 2); err != nil {
		return err
	}
	if err := message.WriteTo(to); err != nil {
		return err
	}
	return to.WriteHead(codec.StructEnd, 0)
}

// Dispatcher calls the servant.
type Dispatcher struct{}

func (*Dispatcher) Dispatch(ctx context.Context, servant interface{}, request *requestf.RequestPacket,
	response *requestf.ResponsePacket, _ bool) error {
	from, to := codec.NewReader(tools.Int8ToByte(request.SBuffer)), codec.NewBuffer()
	switch request.SFuncName {
	case "Echo":
		var asked EchoRequest
		var reply EchoReply
		if err := readBlock(from, &asked); err != nil {
			return err
		}
		returned, err := servant.(Servant).Echo(ctx, &asked, &reply)
		if err != nil {
			return err
		}
		if err := writeAnswer(to, returned, &reply); err != nil {
			return err
		}
	case "GetUser":
		var asked GetUserRequest
		var user User
		if err := readBlock(from, &asked); err != nil {
			return err
		}
		returned, err := servant.(Servant).GetUser(ctx, &asked, &user)
		if err != nil {
			return err
		}
		if err := writeAnswer(to, returned, &user); err != nil {
			return err
		}
	default:
		return fmt.Errorf("func mismatch")
	}
	status, _ := current.GetResponseStatus(ctx)
	values, _ := current.GetResponseContext(ctx)
	*response = requestf.ResponsePacket{
		IVersion:   request.IVersion,
		IRequestId: request.IRequestId,
		SBuffer:    tools.ByteToInt8(to.ToBytes()),
		Status:     status,
		Context:    values,
	}
	return nil
}
