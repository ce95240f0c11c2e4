// Package bench is what the real services have in common: their command line, what they say about themselves, the
// tracing that the environment asks for, and the end. A service is one main.go on top of it, as its framework's own
// documentation would write it.
//
//	PORT=8080 NAME          NAME --port 8080          NAME --describe
//
// SPDX-License-Identifier: Apache-2.0
package bench

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
)

// Target is what one service says about itself; --describe prints it in the form of tracetax-target.
type Target struct {
	Name            string // of the emulation beside it; the program may be there under several names
	Wire            string // http, grpc, kitex, gomicro, tars
	Ready           string // an URL with {port}; empty: /healthz for http, else a connection
	SpansPerRequest int    // 0: 1
	Native          bool   // the framework has a provider of its own, which TRACETAX_NATIVE=1 asks for
	Calls           bool   // it passes requests on where --call says so
	// Modules whose versions belong into the record. Go and the SDK are always there.
	Modules []string
}

// Port of 127.0.0.1 that the service listens on.
var Port int

// Call is the URL, without a path, of the service that this one calls; empty: none.
var Call string

// Address is 127.0.0.1 with that port.
func Address() string { return fmt.Sprintf("127.0.0.1:%d", Port) }

// Name that the program was started by: one program may be several targets, by links.
func Name() string { return filepath.Base(os.Args[0]) }

// Start reads the command line of one of targets, by the program's name (the first one otherwise), and sets up the
// tracing that the environment asks for. With --describe it prints, and ends the program.
func Start(targets ...Target) *Tracing {
	target := targets[0]
	for _, one := range targets {
		if one.Name == Name() {
			target = one
		}
	}
	flag.IntVar(&Port, "port", numberOf("PORT", 8080), "TCP port of 127.0.0.1 to listen on")
	flag.IntVar(&InnerSpans, "inner-spans", numberOf("TRACETAX_INNER_SPANS", 0), "spans inside that of the server")
	if target.Calls {
		flag.StringVar(&Call, "call", os.Getenv("TRACETAX_CALL"), "URL of a service that is called for every user")
	}
	describe := flag.Bool("describe", false, "print what this service says about itself, as JSON")
	flag.Parse()
	if *describe {
		target.print()
		os.Exit(0)
	}
	if err := readFaults(); err != nil {
		log.Fatal(err)
	}
	tracing, err := newTracing()
	if err != nil {
		log.Fatal(err)
	}
	if tracing.Native && !target.Native {
		log.Fatalf("TRACETAX_NATIVE=1: %s has no provider of its own", target.Name)
	}
	return tracing
}

// numberOf a variable, `usual` where it is not set.
func numberOf(variable string, usual int) int {
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || number > 65535 {
		log.Fatalf("%s=%s: it is a number from 0 to 65535", variable, text)
	}
	return number
}

// UntilStopped waits for SIGTERM or Ctrl-C, closes the service and sends the last spans. The program ends with 0 if
// all went well.
func UntilStopped(tracing *Tracing, stop func()) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	profiled := profile()
	<-ctx.Done()
	profiled()
	if stop != nil {
		stop()
	}
	late.Wait()
	err := tracing.Flush(context.Background())
	tracing.self.print()
	if err != nil {
		log.Fatal(err)
	}
}

// profile writes a CPU profile of all that follows to the file that TRACETAX_PPROF names, if it does; what it gives
// back ends that.
func profile() func() {
	name := os.Getenv("TRACETAX_PPROF")
	if name == "" {
		return func() {}
	}
	file, err := os.Create(name)
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		log.Fatalf("TRACETAX_PPROF=%s: %v", name, err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}
}

func (t Target) print() {
	ready := t.Ready
	if ready == "" {
		ready = "tcp://127.0.0.1:{port}"
		if t.Wire == "http" {
			ready = "http://127.0.0.1:{port}/healthz"
		}
	}
	described := map[string]any{
		"name": t.Name, "wire": t.Wire, "ready": ready, "spans_per_request": max(t.SpansPerRequest, 1),
		"can_be_absent": true, "versions": t.versions(),
		"samplers": []string{"always_off", "always_on", "parentbased_always_off", "parentbased_always_on",
			"parentbased_traceidratio", "traceidratio"},
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(described)
}

// versions are those that were linked, as the linker wrote them into the program.
func (t Target) versions() map[string]string {
	found := map[string]string{"go": strings.TrimPrefix(runtime.Version(), "go")}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return found
	}
	wanted := append([]string{"go.opentelemetry.io/otel/sdk"}, t.Modules...)
	for _, module := range info.Deps {
		for _, want := range wanted {
			if module.Path == want {
				found[want] = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return found
}
