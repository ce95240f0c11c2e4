// daprd 1.14.0 with one component, the SQLite name resolution. Its own program has none without the build tag that
// links them all.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"log"
	"os"

	"github.com/dapr/components-contrib/nameresolution/sqlite"
	"github.com/dapr/dapr/cmd/daprd/options"
	"github.com/dapr/dapr/pkg/components/bindings"
	"github.com/dapr/dapr/pkg/components/configuration"
	"github.com/dapr/dapr/pkg/components/crypto"
	"github.com/dapr/dapr/pkg/components/lock"
	httpmiddleware "github.com/dapr/dapr/pkg/components/middleware/http"
	"github.com/dapr/dapr/pkg/components/nameresolution"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/dapr/pkg/components/secretstores"
	"github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/dapr/pkg/components/wfbackend"
	"github.com/dapr/dapr/pkg/components/workflows"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/metrics"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/runtime"
	"github.com/dapr/dapr/pkg/runtime/registry"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

// components are those that could be asked for. Every list has a logger that Dapr's code expects.
func components() *registry.Options {
	own := logger.NewLogger("dapr.contrib")
	secretstores.DefaultRegistry.Logger = own
	state.DefaultRegistry.Logger = own
	crypto.DefaultRegistry.Logger = own
	configuration.DefaultRegistry.Logger = own
	lock.DefaultRegistry.Logger = own
	pubsub.DefaultRegistry.Logger = own
	nameresolution.DefaultRegistry.Logger = own
	bindings.DefaultRegistry.Logger = own
	workflows.DefaultRegistry.Logger = own
	wfbackend.DefaultRegistry.Logger = own
	httpmiddleware.DefaultRegistry.Logger = own
	nameresolution.DefaultRegistry.RegisterComponent(sqlite.NewResolver, "sqlite")
	return registry.NewOptions().
		WithSecretStores(secretstores.DefaultRegistry).
		WithStateStores(state.DefaultRegistry).
		WithConfigurations(configuration.DefaultRegistry).
		WithLocks(lock.DefaultRegistry).
		WithPubSubs(pubsub.DefaultRegistry).
		WithNameResolutions(nameresolution.DefaultRegistry).
		WithBindings(bindings.DefaultRegistry).
		WithCryptoProviders(crypto.DefaultRegistry).
		WithHTTPMiddlewares(httpmiddleware.DefaultRegistry).
		WithWorkflows(workflows.DefaultRegistry).
		WithWorkflowBackends(wfbackend.DefaultRegistry)
}

// sidecar is daprd with the flags of this process; it ends at SIGTERM.
func sidecar() {
	flags, err := options.New(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	flags.Logger.SetAppID(flags.AppID)
	if err := logger.ApplyOptionsToLoggers(&flags.Logger); err != nil {
		log.Fatal(err)
	}
	all, health, ctx := components(), healthz.New(), signals.Context()
	provider, err := security.New(ctx, security.Options{
		SentryAddress: flags.SentryAddress, ControlPlaneTrustDomain: flags.ControlPlaneTrustDomain,
		ControlPlaneNamespace: flags.ControlPlaneNamespace, TrustAnchors: flags.TrustAnchors, AppID: flags.AppID,
		MTLSEnabled: flags.EnableMTLS, Mode: modes.DaprMode(flags.Mode), Healthz: health,
	})
	if err != nil {
		log.Fatal(err)
	}
	run := func(ctx context.Context) error {
		handler, err := provider.Handler(ctx)
		if err != nil {
			return err
		}
		daprd, err := runtime.FromConfig(ctx, &runtime.Config{
			AppID: flags.AppID, ActorsService: flags.ActorsService, RemindersService: flags.RemindersService,
			SchedulerAddress: flags.SchedulerAddress, AllowedOrigins: flags.AllowedOrigins,
			ResourcesPath: flags.ResourcesPath, ControlPlaneAddress: flags.ControlPlaneAddress,
			AppProtocol: flags.AppProtocol, Mode: flags.Mode, DaprHTTPPort: flags.DaprHTTPPort,
			DaprInternalGRPCPort:          flags.DaprInternalGRPCPort,
			DaprInternalGRPCListenAddress: flags.DaprInternalGRPCListenAddress,
			DaprAPIGRPCPort:               flags.DaprAPIGRPCPort, DaprAPIListenAddresses: flags.DaprAPIListenAddresses,
			DaprPublicPort: flags.DaprPublicPort, DaprPublicListenAddress: flags.DaprPublicListenAddress,
			ApplicationPort: flags.AppPort, ProfilePort: flags.ProfilePort, EnableProfiling: flags.EnableProfiling,
			AppMaxConcurrency: flags.AppMaxConcurrency, EnableMTLS: flags.EnableMTLS,
			SentryAddress: flags.SentryAddress, MaxRequestSize: flags.MaxRequestSize,
			ReadBufferSize: flags.ReadBufferSize, UnixDomainSocket: flags.UnixDomainSocket,
			DaprGracefulShutdownSeconds:  flags.DaprGracefulShutdownSeconds,
			DaprBlockShutdownDuration:    flags.DaprBlockShutdownDuration,
			DisableBuiltinK8sSecretStore: flags.DisableBuiltinK8sSecretStore,
			EnableAppHealthCheck:         flags.EnableAppHealthCheck, AppHealthCheckPath: flags.AppHealthCheckPath,
			AppHealthProbeInterval: flags.AppHealthProbeInterval, AppHealthProbeTimeout: flags.AppHealthProbeTimeout,
			AppHealthThreshold: flags.AppHealthThreshold, AppChannelAddress: flags.AppChannelAddress,
			EnableAPILogging: flags.EnableAPILogging, Config: flags.Config, AppSSL: flags.AppSSL,
			Metrics: metrics.Options{Enabled: flags.Metrics.Enabled(), Log: logger.NewLogger("dapr.runtime"),
				Port: flags.Metrics.Port(), Namespace: metrics.DefaultMetricNamespace, Healthz: health},
			ComponentsPath: flags.ComponentsPath, Registry: all, Security: handler, Healthz: health,
		})
		if err != nil {
			return err
		}
		return daprd.Run(ctx)
	}
	if err := concurrency.NewRunnerManager(provider.Run, run).Run(ctx); err != nil {
		log.Fatal(err)
	}
}
