// echo with otelecho, its only middleware but the one for queries, as echo has none by default.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"net/http"

	"github.com/labstack/echo/v4"
	"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho"
	"tracetax/bench"
)

func refuse(c echo.Context, err error) error {
	return c.JSON(http.StatusBadRequest, echo.Map{"error": err.Error()})
}

// obey does what the query of a request asks for.
func obey(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if status, err := bench.Obey(c.Request()); err != nil {
			return c.JSON(status, echo.Map{"error": err.Error()})
		}
		return next(c)
	}
}

func addRoutes(e *echo.Echo) {
	e.GET("/users/:id", func(c echo.Context) error {
		user, err := bench.UserByText(c.Param("id"))
		if err != nil {
			return refuse(c, err)
		}
		return c.JSON(http.StatusOK, user)
	})
	e.POST("/users", func(c echo.Context) error {
		var user bench.User
		err := c.Bind(&user)
		if err == nil {
			user, err = bench.Make(user)
		}
		if err != nil {
			return refuse(c, err)
		}
		return c.JSON(http.StatusCreated, user)
	})
	e.GET("/healthz", func(c echo.Context) error { return c.JSON(http.StatusOK, echo.Map{"status": "ok"}) })
	e.GET("/hello/:name", func(c echo.Context) error {
		return c.JSON(http.StatusOK, echo.Map{"hello": c.Param("name")})
	})
	e.GET("/fails", func(c echo.Context) error {
		return c.JSON(http.StatusInternalServerError, echo.Map{"error": "it fails"})
	})
	for _, route := range bench.Fillers(bench.Colon) {
		e.Add(route.Method, route.Path, func(c echo.Context) error { return c.JSON(http.StatusOK, struct{}{}) })
	}
}

func main() {
	tracing := bench.Start(bench.Target{Name: "echo", Wire: "http", Modules: []string{"github.com/labstack/echo/v4",
		"go.opentelemetry.io/contrib/instrumentation/github.com/labstack/echo/otelecho"}})
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	if tracing.Wanted() {
		e.Use(otelecho.Middleware("echo"))
	}
	e.Use(obey)
	addRoutes(e)
	go func() {
		if err := e.Start(bench.Address()); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = e.Close() })
}
