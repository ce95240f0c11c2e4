// An online shop on go-zero: a REST gateway before three zRPC services, PostgreSQL and Redis. One program, four
// processes:
//
//	ecommerce --service user|order|pay --postgres URL [--redis HOST:PORT]
//	ecommerce --service gateway --user HOST:PORT --order HOST:PORT --pay HOST:PORT [--literal]
//
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"runtime"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/core/stores/postgres"
	"github.com/zeromicro/go-zero/core/stores/redis"
	"github.com/zeromicro/go-zero/core/stores/sqlx"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
	"tracetax/bench"
	"tracetax/ecommerce/shoppb"
)

var (
	service     = flag.String("service", "gateway", "which one this process is: gateway, user, order or pay")
	literal     = flag.Bool("literal", false, "gateway: spans as the text that this shop comes from has them, with its mistakes")
	postgresURL = flag.String("postgres", "", "user, order and pay: URL of the database")
	redisHost   = flag.String("redis", "", "user: host:port of Redis")
	callees     = map[string]*string{}
)

func init() {
	for _, name := range []string{"user", "order", "pay"} {
		callees[name] = flag.String(name, "", "gateway: host:port of the service "+name)
	}
}

// read fills a configuration of go-zero with its defaults, and with what `text` says.
func read(text string, configuration any) {
	if err := conf.LoadFromYamlBytes([]byte(text), configuration); err != nil {
		log.Fatal(err)
	}
}

func database() sqlx.SqlConn {
	if *postgresURL == "" {
		log.Fatalf("--service %s: --postgres URL is missing", *service)
	}
	return postgres.New(*postgresURL)
}

// cache has all connections of its pool open. go-redis greets a new one (HELLO, CLIENT SETINFO) inside of the command
// that needs it, through the same hooks, so that this command would leave further spans. SETINFO is new in Redis 7.2,
// and errors of older ones open go-zero's breaker: so its documentation wants DisableIdentity there.
func cache() *redis.Redis {
	var c redis.RedisConf
	read("Host: "+*redisHost+"\nDisableIdentity: true\n", &c)
	store := redis.MustNewRedis(c)
	redis.SetSlowThreshold(time.Second) // what follows is slow on purpose
	var waiting sync.WaitGroup
	for range 10 * runtime.GOMAXPROCS(0) { // as many as go-redis has by default
		waiting.Go(func() {
			err := store.PipelinedCtx(unsampled(), func(pipe redis.Pipeliner) error {
				pipe.Do(context.Background(), "BLPOP", "nobody", "0.3") // each keeps its connection so long
				return nil
			})
			if err != nil && !errors.Is(err, redis.Nil) {
				log.Fatal(err)
			}
		})
	}
	waiting.Wait()
	redis.SetSlowThreshold(100 * time.Millisecond) // go-zero's own
	return store
}

// addService puts the service that this process is on a server.
func addService() func(*grpc.Server) {
	switch *service {
	case "user":
		logic := &userServer{users: newUserModel(database()), cache: newCacheModel(cache())}
		return func(server *grpc.Server) { shoppb.RegisterUserServer(server, logic) }
	case "order":
		logic := &orderServer{orders: newOrderModel(database())}
		return func(server *grpc.Server) { shoppb.RegisterOrderServer(server, logic) }
	case "pay":
		logic := &payServer{payments: newPaymentModel(database())}
		return func(server *grpc.Server) { shoppb.RegisterPayServer(server, logic) }
	}
	log.Fatalf("--service %s: it is gateway, user, order or pay", *service)
	return nil
}

func serveRPC(tracing *bench.Tracing) {
	// Without Telemetry.Disabled go-zero would put its own provider in the place of the environment's.
	var c zrpc.RpcServerConf
	read(fmt.Sprintf("Name: %s\nListenOn: %s\nTelemetry:\n  Disabled: true\n", *service, bench.Address()), &c)
	c.Middlewares.Trace = tracing.Wanted()
	server := zrpc.MustNewServer(c, addService())
	go server.Start()
	bench.UntilStopped(tracing, server.Stop)
}

func main() {
	tracing := bench.Start(bench.Target{Name: "ecommerce", Wire: "http", SpansPerRequest: 19,
		Modules: []string{"github.com/zeromicro/go-zero", "google.golang.org/grpc", "github.com/jackc/pgx/v5",
			"github.com/redis/go-redis/v9"}})
	startTracers(tracing.Wanted())
	if *service == "gateway" {
		serveGateway(tracing)
	} else {
		serveRPC(tracing)
	}
}
