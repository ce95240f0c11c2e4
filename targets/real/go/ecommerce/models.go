// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"

	"github.com/google/uuid"
	"github.com/zeromicro/go-zero/core/stores/redis"
	"github.com/zeromicro/go-zero/core/stores/sqlx"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// The tables are those of scenarios/systems/ecommerce.json; whoever starts the shop makes them.
//
// Around each span that go-zero's stores make (CLIENT) stands one of the shop's own (INTERNAL) with the attributes of a
// database, because go-zero's tell no more than the method.
type user struct {
	Name  string `db:"name"`
	Email string `db:"email"`
}

type userModel struct{ database sqlx.SqlConn }

func newUserModel(database sqlx.SqlConn) *userModel { return &userModel{database} }

func ofDatabase(operation, table, statement string, more ...attribute.KeyValue) trace.SpanStartEventOption {
	return trace.WithAttributes(append([]attribute.KeyValue{attribute.String("db.system", "postgresql"),
		attribute.String("db.operation", operation), attribute.String("db.table", table),
		attribute.String("db.statement", statement)}, more...)...)
}

func (m *userModel) FindOne(ctx context.Context, id int64) (found *user, err error) {
	const query = "SELECT name, email FROM users WHERE id = $1"
	ctx, span := modelTracer.Start(ctx, "UserModel.FindOne", ofDatabase("SELECT", "users", query, attribute.Int64("user.id", id)))
	defer func() { ended(span, err) }()
	found = &user{}
	if err = m.database.QueryRowCtx(ctx, found, query, id); err != nil {
		return nil, err
	}
	span.SetAttributes(attribute.String("user.name", found.Name), attribute.String("user.email", found.Email))
	return found, nil
}

type cacheModel struct{ redis *redis.Redis }

func newCacheModel(store *redis.Redis) *cacheModel { return &cacheModel{store} }

// Get is empty where the key is not there.
func (m *cacheModel) Get(ctx context.Context, key string) (value string, err error) {
	ctx, span := modelTracer.Start(ctx, "Redis.Get", trace.WithAttributes(attribute.String("db.system", "redis"),
		attribute.String("db.operation", "GET"), attribute.String("redis.key", key)))
	defer func() { ended(span, err) }()
	if value, err = m.redis.GetCtx(ctx, key); err == nil {
		span.SetAttributes(attribute.Int("redis.value_length", len(value)))
	}
	return value, err
}

type orderModel struct{ database sqlx.SqlConn }

func newOrderModel(database sqlx.SqlConn) *orderModel { return &orderModel{database} }

// Insert asks for the id with the statement: PostgreSQL has no LastInsertId.
func (m *orderModel) Insert(ctx context.Context, userID string, total float64) (id string, err error) {
	const query = "INSERT INTO orders (id, user_id, total) VALUES ($1, $2, $3) RETURNING id"
	ctx, span := modelTracer.Start(ctx, "OrderModel.Insert", ofDatabase("INSERT", "orders", query))
	defer func() { ended(span, err) }()
	if err = m.database.QueryRowCtx(ctx, &id, query, uuid.NewString(), userID, total); err == nil {
		span.SetAttributes(attribute.String("order.id", id))
	}
	return id, err
}

type paymentModel struct{ database sqlx.SqlConn }

func newPaymentModel(database sqlx.SqlConn) *paymentModel { return &paymentModel{database} }

func (m *paymentModel) Insert(ctx context.Context, orderID string, amount float64) (id string, err error) {
	const query = "INSERT INTO payments (id, order_id, amount) VALUES ($1, $2, $3) RETURNING id"
	ctx, span := modelTracer.Start(ctx, "PaymentModel.Insert", ofDatabase("INSERT", "payments", query))
	defer func() { ended(span, err) }()
	if err = m.database.QueryRowCtx(ctx, &id, query, uuid.NewString(), orderID, amount); err == nil {
		span.SetAttributes(attribute.String("payment.id", id))
	}
	return id, err
}
