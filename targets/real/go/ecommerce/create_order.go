// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"tracetax/ecommerce/shoppb"
)

// createOrderLogic is one order: the user is looked up, the order is stored, the payment is begun.
type createOrderLogic struct {
	ctx      context.Context
	services *serviceContext
}

func newCreateOrderLogic(ctx context.Context, services *serviceContext) *createOrderLogic {
	return &createOrderLogic{ctx, services}
}

func (l *createOrderLogic) CreateOrder(request *createOrderRequest) (answer *createOrderResponse, err error) {
	ctx, span := logicTracer.Start(l.ctx, "CreateOrderLogic.CreateOrder")
	defer func() { ended(span, err) }()
	span.SetAttributes(attribute.String("order.user_id", request.UserID),
		attribute.Int("order.items_count", len(request.Items)))
	ctx, _, err = l.verifyUser(ctx, request.UserID)
	if err != nil {
		return nil, fmt.Errorf("user not found: %w", err)
	}
	ctx, order, err := l.createOrder(ctx, request)
	if err != nil {
		return nil, err
	}
	_, payment, err := l.initiatePayment(ctx, order, request.UserID)
	if err != nil {
		return nil, err
	}
	return &createOrderResponse{OrderID: order.OrderId, PaymentID: payment.PaymentId, Total: order.Total, Status: "pending"}, nil
}

// step is one span of the logic around a call. The context that it gives back is the one that the next step starts
// from: the caller's, so that steps are siblings. With --literal it is the step's own, as `ctx, span := Start(ctx,
// ...)` makes it, so that each step becomes a child of the one before, which has ended; and the attributes that tell
// what came back are set after the span's end, where they vanish.
func step[Reply any](ctx context.Context, name string, call func(context.Context) (Reply, error),
	attributes func(Reply) []attribute.KeyValue) (context.Context, Reply, error) {
	inner, span := logicTracer.Start(ctx, name)
	reply, err := call(inner)
	if *literal {
		span.End()
		if err == nil {
			span.SetAttributes(attributes(reply)...)
		}
		return inner, reply, err
	}
	if err == nil {
		span.SetAttributes(attributes(reply)...)
	}
	ended(span, err)
	return ctx, reply, err
}

func (l *createOrderLogic) verifyUser(ctx context.Context, id string) (context.Context, *shoppb.GetUserReply, error) {
	return step(ctx, "verify_user", func(ctx context.Context) (*shoppb.GetUserReply, error) {
		return l.services.userRPC.GetUser(ctx, &shoppb.GetUserRequest{Id: id})
	}, func(user *shoppb.GetUserReply) []attribute.KeyValue {
		return []attribute.KeyValue{attribute.String("user.name", user.Name)}
	})
}

func (l *createOrderLogic) createOrder(ctx context.Context, request *createOrderRequest) (context.Context, *shoppb.CreateOrderReply, error) {
	items := make([]*shoppb.Item, len(request.Items))
	for i, item := range request.Items {
		items[i] = &shoppb.Item{Sku: item.SKU, Count: item.Count, Price: item.Price}
	}
	return step(ctx, "create_order", func(ctx context.Context) (*shoppb.CreateOrderReply, error) {
		return l.services.orderRPC.CreateOrder(ctx, &shoppb.CreateOrderRequest{UserId: request.UserID, Items: items})
	}, func(order *shoppb.CreateOrderReply) []attribute.KeyValue {
		return []attribute.KeyValue{attribute.String("order.id", order.OrderId), attribute.Float64("order.total", order.Total)}
	})
}

func (l *createOrderLogic) initiatePayment(ctx context.Context, order *shoppb.CreateOrderReply, user string) (context.Context, *shoppb.InitiatePaymentReply, error) {
	return step(ctx, "initiate_payment", func(ctx context.Context) (*shoppb.InitiatePaymentReply, error) {
		return l.services.payRPC.InitiatePayment(ctx, &shoppb.InitiatePaymentRequest{OrderId: order.OrderId,
			Amount: order.Total, UserId: user})
	}, func(payment *shoppb.InitiatePaymentReply) []attribute.KeyValue {
		return []attribute.KeyValue{attribute.String("payment.id", payment.PaymentId), attribute.String("payment.status", payment.Status)}
	})
}
