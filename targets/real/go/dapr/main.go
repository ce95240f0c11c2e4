// An application in front of Dapr's service invocation: four processes, all of this one program. The application,
// its sidecar, the other application's sidecar, and that application. The applications trace nothing and pass
// traceparent on; each sidecar makes a span.
//
// It does not use tracetax/bench, whose SDK is newer than the one that daprd 1.14.0 compiles with.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const role = "TRACETAX_DAPR_ROLE" // of a child: sidecar or app

func main() {
	runtime.LockOSThread() // children die with the thread that started them
	switch os.Getenv(role) {
	case "sidecar":
		sidecar()
		return
	case "app":
		serve(os.Args[1], backRoutes())
		return
	}
	port := flag.Int("port", 8080, "TCP port of 127.0.0.1 to listen on")
	describe := flag.Bool("describe", false, "print what this service says about itself, as JSON")
	flag.Parse()
	if *describe {
		printDescription()
		return
	}
	front(*port)
}

func printDescription() {
	versions := map[string]string{"go": strings.TrimPrefix(runtime.Version(), "go")}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/dapr/dapr" || module.Path == "go.opentelemetry.io/otel/sdk" {
				versions[module.Path] = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(map[string]any{"name": "dapr", "wire": "http", "ready": "http://127.0.0.1:{port}/healthz",
		"spans_per_request": 2, "can_be_absent": true, "versions": versions,
		"samplers": []string{"always_off", "parentbased_always_on", "traceidratio"}})
}

// front starts the three others, answers, and ends with them.
func front(port int) {
	folder, err := os.MkdirTemp("", "dapr")
	if err != nil {
		log.Fatal(err)
	}
	ports := freePorts(7)
	config := filepath.Join(folder, "config.yaml")
	if err := os.WriteFile(config, []byte(tracing(folder)), 0o600); err != nil {
		log.Fatal(err)
	}
	children := []*exec.Cmd{
		start("app", strconv.Itoa(ports[0])),
		start("sidecar", flags("bench", config, ports[1:4], "--app-port", strconv.Itoa(ports[0]))...),
	}
	// One after the other: two that make the data base of names at once may lock each other out.
	waitUntilReady(fmt.Sprintf("http://127.0.0.1:%d/v1.0/healthz", ports[1]))
	children = append(children, start("sidecar", flags("front", config, ports[4:7])...))
	invoke := fmt.Sprintf("http://127.0.0.1:%d/v1.0/invoke/bench/method", ports[4])
	waitUntilReady(invoke + "/hello/dapr") // not /healthz: a sidecar passes no context on with paths of that name
	serve(strconv.Itoa(port), frontRoutes(invoke))
	for _, child := range children {
		_ = child.Process.Signal(syscall.SIGTERM)
	}
	for _, child := range children {
		_ = child.Wait()
	}
	_ = os.RemoveAll(folder)
}

func start(as string, args ...string) *exec.Cmd {
	child := exec.Command("/proc/self/exe", args...)
	child.Env = append(os.Environ(), role+"="+as, "DAPR_HOST_IP=127.0.0.1")
	child.Stderr, child.Stdout = os.Stderr, os.Stderr
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := child.Start(); err != nil {
		log.Fatal(err)
	}
	return child
}

// flags of one sidecar; its ports are those of HTTP, of gRPC, and between sidecars.
func flags(id, config string, ports []int, more ...string) []string {
	return append([]string{"--app-id", id, "--app-channel-address", "127.0.0.1", "--config", config, "--mode", "standalone",
		"--dapr-http-port", strconv.Itoa(ports[0]), "--dapr-grpc-port", strconv.Itoa(ports[1]),
		"--dapr-internal-grpc-port", strconv.Itoa(ports[2]), "--dapr-listen-addresses", "127.0.0.1",
		"--dapr-internal-grpc-listen-address", "127.0.0.1", "--enable-metrics=false", "--log-level", "error",
		"--placement-host-address", "", "--scheduler-host-address", "", "--dapr-graceful-shutdown-seconds", "1"}, more...)
}

// tracing is the configuration of both, which says what is traced. Dapr has no state between "no tracing" and "exported".
func tracing(folder string) string {
	text := `apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: bench}
spec:
  nameResolution:
    component: sqlite
    version: v1
    configuration: {connectionString: "` + filepath.Join(folder, "names.db") + `", updateInterval: 5s}
`
	state := os.Getenv("TRACETAX_STATE")
	if state != "" && state != "export" {
		return text + "  tracing: {samplingRate: \"0\"}\n"
	}
	rate := "1" // of those that nobody has decided about
	if os.Getenv("OTEL_TRACES_SAMPLER") == "traceidratio" {
		rate = os.Getenv("OTEL_TRACES_SAMPLER_ARG")
	}
	protocol := "http"
	if os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" {
		protocol = "grpc"
	}
	to := strings.TrimPrefix(os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"), "http://")
	return text + fmt.Sprintf("  tracing: {samplingRate: %q, otel: {endpointAddress: %q, isSecure: false, protocol: %s}}\n",
		rate, to, protocol)
}

// freePorts are all different, as they are held until the last one is found, and below those that the kernel gives to
// clients, one of which could take them before a sidecar does.
func freePorts(count int) []int {
	found := []int{}
	for tries := 0; len(found) < count; tries++ {
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000)))
		if err != nil && tries > 1000 {
			log.Fatal(err)
		}
		if err != nil {
			continue
		}
		defer listener.Close()
		found = append(found, listener.Addr().(*net.TCPAddr).Port)
	}
	return found
}

func waitUntilReady(url string) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		request, _ := http.NewRequest("GET", url, nil)
		request.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode < 300 {
				return
			}
		}
	}
	log.Fatal("the sidecars did not answer within 30 s")
}

// serve until SIGTERM or Ctrl-C.
func serve(port string, handler http.Handler) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	server := &http.Server{Addr: "127.0.0.1:" + port, Handler: handler}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}

// frontRoutes pass a call on to the other application, with its caller's context.
func frontRoutes(invoke string) http.Handler {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		request, err := http.NewRequestWithContext(r.Context(), r.Method, invoke+r.URL.Path, r.Body)
		if err == nil {
			request.Header.Set("Content-Type", r.Header.Get("Content-Type"))
			request.Header.Set("traceparent", r.Header.Get("traceparent"))
			var got *http.Response
			if got, err = client.Do(request); err == nil {
				defer got.Body.Close()
				w.Header().Set("Content-Type", got.Header.Get("Content-Type"))
				w.WriteHeader(got.StatusCode)
				_, _ = io.Copy(w, got.Body)
				return
			}
		}
		answer(w, http.StatusBadGateway, map[string]string{"error": err.Error()})
	})
	return mux
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	text, _ := json.Marshal(body)
	_, _ = w.Write(text)
}

const created = "2024-01-01T00:00:00Z"

type user struct {
	ID        int64  `json:"id"`
	Name      string `json:"name"`
	Email     string `json:"email"`
	CreatedAt string `json:"created_at"`
}

// backRoutes are those of the application behind Dapr.
func backRoutes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]string{"hello": r.PathValue("name")})
	})
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
		if err != nil || id < 0 {
			answer(w, http.StatusBadRequest, map[string]string{"error": "the user id must be a whole number"})
			return
		}
		name := "user-" + r.PathValue("id")
		answer(w, http.StatusOK, user{id, name, name + "@example.com", created})
	})
	lastID := atomic.Int64{}
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) {
		made := user{CreatedAt: created}
		if json.NewDecoder(r.Body).Decode(&made) != nil || made.Name == "" {
			answer(w, http.StatusBadRequest, map[string]string{"error": "the user needs a name"})
			return
		}
		made.ID = lastID.Add(1)
		answer(w, http.StatusCreated, made)
	})
	mux.HandleFunc("GET /fails", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "it fails"})
	})
	return mux
}
