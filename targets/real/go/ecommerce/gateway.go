// SPDX-License-Identifier: Apache-2.0
package main

import (
	"fmt"
	"log"
	"net/http"

	"github.com/zeromicro/go-zero/rest"
	"github.com/zeromicro/go-zero/rest/httpx"
	"github.com/zeromicro/go-zero/zrpc"
	"tracetax/bench"
	"tracetax/ecommerce/shoppb"
)

type orderItem struct {
	SKU   string  `json:"sku"`
	Count int64   `json:"count"`
	Price float64 `json:"price"`
}

type createOrderRequest struct {
	UserID string      `json:"user_id"`
	Items  []orderItem `json:"items"`
}

type createOrderResponse struct {
	OrderID   string  `json:"order_id"`
	PaymentID string  `json:"payment_id"`
	Total     float64 `json:"total"`
	Status    string  `json:"status"`
}

// serviceContext is what goctl calls it: the clients that a logic uses.
type serviceContext struct {
	userRPC  shoppb.UserClient
	orderRPC shoppb.OrderClient
	payRPC   shoppb.PayClient
}

func client(name string, tracing *bench.Tracing) zrpc.Client {
	var c zrpc.RpcClientConf
	if *callees[name] == "" {
		log.Fatalf("--service gateway: --%s HOST:PORT is missing", name)
	}
	read("Endpoints:\n  - "+*callees[name]+"\n", &c)
	c.Middlewares.Trace = tracing.Wanted()
	return zrpc.MustNewClient(c)
}

// createOrder is what goctl writes for a route: the request is parsed, the logic called, the answer written.
func createOrder(services *serviceContext) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var request createOrderRequest
		if err := httpx.Parse(r, &request); err != nil {
			httpx.ErrorCtx(r.Context(), w, err)
			return
		}
		answer, err := newCreateOrderLogic(r.Context(), services).CreateOrder(&request)
		if err != nil {
			httpx.ErrorCtx(r.Context(), w, err, func(w http.ResponseWriter, err error) {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
			})
			return
		}
		httpx.OkJsonCtx(r.Context(), w, answer)
	}
}

func serveGateway(tracing *bench.Tracing) {
	var c rest.RestConf
	read(fmt.Sprintf("Name: gateway\nHost: 127.0.0.1\nPort: %d\nTelemetry:\n  Disabled: true\n", bench.Port), &c)
	c.Middlewares.Trace = tracing.Wanted()
	services := &serviceContext{
		userRPC:  shoppb.NewUserClient(client("user", tracing).Conn()),
		orderRPC: shoppb.NewOrderClient(client("order", tracing).Conn()),
		payRPC:   shoppb.NewPayClient(client("pay", tracing).Conn()),
	}
	server := rest.MustNewServer(c)
	server.AddRoute(rest.Route{Method: http.MethodPost, Path: "/order", Handler: createOrder(services)})
	server.AddRoute(rest.Route{Method: http.MethodGet, Path: "/healthz", Handler: func(w http.ResponseWriter, r *http.Request) {
		httpx.OkJsonCtx(r.Context(), w, map[string]string{"status": "ok"})
	}})
	go server.Start()
	bench.UntilStopped(tracing, server.Stop)
}
