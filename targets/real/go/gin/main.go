// gin as gin.Default() makes it, with otelgin.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"net/http"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin"
	"tracetax/bench"
)

func refuse(c *gin.Context, err error) {
	c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
}

// obey does what the query of a request asks for.
func obey(c *gin.Context) {
	if status, err := bench.Obey(c.Request); err != nil {
		c.AbortWithStatusJSON(status, gin.H{"error": err.Error()})
	}
}

func addRoutes(r *gin.Engine) {
	r.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok"}) })
	r.GET("/hello/:name", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"hello": c.Param("name")}) })
	r.GET("/users/:id", func(c *gin.Context) {
		user, err := bench.UserByText(c.Param("id"))
		if err != nil {
			refuse(c, err)
			return
		}
		c.JSON(http.StatusOK, user)
	})
	r.POST("/users", func(c *gin.Context) {
		var user bench.User
		err := c.ShouldBindJSON(&user)
		if err == nil {
			user, err = bench.Make(user)
		}
		if err != nil {
			refuse(c, err)
			return
		}
		c.JSON(http.StatusCreated, user)
	})
	r.GET("/fails", func(c *gin.Context) {
		c.JSON(http.StatusInternalServerError, gin.H{"error": "it fails"})
	})
	for _, route := range bench.Fillers(bench.Colon) {
		r.Handle(route.Method, route.Path, func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{}) })
	}
}

func main() {
	tracing := bench.Start(bench.Target{Name: "gin", Wire: "http", Modules: []string{"github.com/gin-gonic/gin",
		"go.opentelemetry.io/contrib/instrumentation/github.com/gin-gonic/gin/otelgin"}})
	gin.SetMode(gin.ReleaseMode)
	router := gin.Default()
	if tracing.Wanted() {
		router.Use(otelgin.Middleware("gin"))
	}
	router.Use(obey)
	addRoutes(router)
	server := &http.Server{Addr: bench.Address(), Handler: router}
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal(err)
		}
	}()
	bench.UntilStopped(tracing, func() { _ = server.Close() })
}
