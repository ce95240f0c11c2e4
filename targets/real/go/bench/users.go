// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
)

// User is the message of every service; scenarios/suites/bench.proto is its other form.
type User struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	CreatedAt string `json:"created_at"`
}

// Created is when everybody was.
const Created = "2024-01-01T00:00:00Z"

// UserOf is the user with that id; every id is somebody's.
func UserOf(id int64) User {
	name := "user-" + strconv.FormatInt(id, 10)
	return User{id, name, name + "@example.com", Created}
}

// UserByText is that for the text of a path.
func UserByText(text string) (User, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 0 {
		return User{}, errors.New("the user id must be a whole number")
	}
	return UserOf(id), nil
}

var lastID atomic.Int64

// Make completes a user that a caller wants to be made.
func Make(user User) (User, error) {
	if user.Name == "" {
		return User{}, errors.New("the user needs a name")
	}
	user.ID = lastID.Add(1)
	if user.CreatedAt == "" {
		user.CreatedAt = Created
	}
	return user, nil
}

// Route of those that fill a router, because a router with three routes is not what anybody runs. The emulated
// services have the same ones.
type Route struct{ Method, Path string }

// Fillers are 50 routes that nobody calls. param writes a path parameter as the framework does: ":id", "{id}".
func Fillers(param func(name string) string) []Route {
	nouns := []string{"accounts", "baskets", "carriers", "devices", "events", "files", "groups", "invoices", "jobs",
		"keys", "labels", "messages", "orders", "products", "reviews"}
	routes := []Route{}
	for i := range 50 {
		base := fmt.Sprintf("/api/v%d/%s", 1+i/(len(nouns)*4), nouns[i/4%len(nouns)])
		switch i % 4 {
		case 0:
			routes = append(routes, Route{"GET", base})
		case 1:
			routes = append(routes, Route{"POST", base})
		case 2:
			routes = append(routes, Route{"GET", base + "/" + param("id")})
		default:
			routes = append(routes, Route{"GET", base + "/" + param("id") + "/parts/" + param("part")})
		}
	}
	return routes
}

// Colon writes ":id", Braces "{id}".
func Colon(name string) string  { return ":" + name }
func Braces(name string) string { return "{" + name + "}" }

// Methods are 50 names of RPC methods that nobody calls.
func Methods() []string {
	verbs := []string{"Get", "List", "Create", "Update", "Delete"}
	nouns := []string{"Account", "Basket", "Carrier", "Device", "Event", "File", "Invoice", "Label", "Order", "Product"}
	names := []string{}
	for i := range 50 {
		names = append(names, verbs[i%len(verbs)]+nouns[i/len(verbs)])
	}
	return names
}
