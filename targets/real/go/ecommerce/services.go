// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/zeromicro/go-zero/core/stores/sqlx"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"tracetax/ecommerce/shoppb"
)

type userServer struct {
	shoppb.UnimplementedUserServer
	users *userModel
	cache *cacheModel
}

// GetUser looks into the database, then into the cache, where a name that was changed lately is.
func (s *userServer) GetUser(ctx context.Context, request *shoppb.GetUserRequest) (*shoppb.GetUserReply, error) {
	id, err := strconv.ParseInt(request.Id, 10, 64)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "user id %s: it is a whole number", request.Id)
	}
	found, err := s.users.FindOne(ctx, id)
	if errors.Is(err, sqlx.ErrNotFound) {
		return nil, status.Errorf(codes.NotFound, "there is no user %d", id)
	}
	if err != nil {
		return nil, err
	}
	name, err := s.cache.Get(ctx, "user:"+request.Id)
	if err != nil {
		return nil, err
	}
	if name == "" {
		name = found.Name
	}
	return &shoppb.GetUserReply{Id: request.Id, Name: name, Email: found.Email}, nil
}

type orderServer struct {
	shoppb.UnimplementedOrderServer
	orders *orderModel
}

func (s *orderServer) CreateOrder(ctx context.Context, request *shoppb.CreateOrderRequest) (*shoppb.CreateOrderReply, error) {
	total := 0.0
	for _, item := range request.Items {
		total += float64(item.Count) * item.Price
	}
	id, err := s.orders.Insert(ctx, request.UserId, total)
	return &shoppb.CreateOrderReply{OrderId: id, Total: total}, err
}

type payServer struct {
	shoppb.UnimplementedPayServer
	payments *paymentModel
}

func (s *payServer) InitiatePayment(ctx context.Context, request *shoppb.InitiatePaymentRequest) (*shoppb.InitiatePaymentReply, error) {
	id, err := s.payments.Insert(ctx, request.OrderId, request.Amount)
	return &shoppb.InitiatePaymentReply{PaymentId: id, Status: "pending"}, err
}
