// SPDX-License-Identifier: Apache-2.0
package main

import (
	"sync/atomic"
	"testing"
	"time"
	_ "unsafe"

	"github.com/go-kratos/aegis/ratelimit"
	"github.com/go-kratos/aegis/ratelimit/bbr"
	gozeroload "github.com/zeromicro/go-zero/core/load"
	"github.com/zeromicro/go-zero/core/logx"
	_ "github.com/zeromicro/go-zero/core/stat"
)

// The smoothed CPU load that each package keeps; a goroutine of its own writes the machine's there twice a second or
// more, so it is set anew before every question.
//
//go:linkname gozeroCPU github.com/zeromicro/go-zero/core/stat.cpuUsage
var gozeroCPU int64

//go:linkname kratosCPU github.com/go-kratos/aegis/ratelimit/bbr.gCPU
var kratosCPU int64

// shedderOf makes a mechanism of a shedder.
type shedderOf struct {
	breakerOf
	cpu   int64
	where *int64
}

func (s *shedderOf) load(milli int64) { s.cpu = milli }
func (s *shedderOf) ask() int64 {
	atomic.StoreInt64(s.where, s.cpu)
	return s.breakerOf.ask()
}

// shedders: idle, busy with few and with many at once, cooling off, and a pause longer than every window.
func shedders(t *testing.T) []*Script {
	logx.Disable()
	gozeroload.DisableLog()
	idle := phase{count: 150, pause: 5_000, duration: 3_000, inFlight: 2, cpu: 300}
	busy := phase{count: 250, pause: 2_000, duration: 4_000, inFlight: 20, failing: 0.1, cpu: 920}
	full := phase{count: 300, pause: 600, duration: 9_000, inFlight: 60, cpu: 990}
	cool := phase{count: 150, pause: 8_000, duration: 2_000, inFlight: 30, cpu: 500}
	rest := phase{count: 3, pause: 30_000_000, duration: 1_000, cpu: 950}
	var scripts []*Script
	for i, phases := range [][]phase{{idle, busy, full, cool, idle}, {full, full, cool, full},
		{busy, rest, full, rest, cool, busy}} {
		s := &Script{Name: []string{"fills", "starts full", "rests"}[i], Steps: steps(int64(i), phases...)}
		s.run(t, "gozero", gozeroShedder)
		s.run(t, "kratos", kratosBBR)
		scripts = append(scripts, s)
	}
	return scripts
}

func gozeroShedder(*Run) mechanism {
	timexInit = time.Now().AddDate(-1, -1, -1)
	shedder := gozeroload.NewAdaptiveShedder(gozeroload.WithCpuThreshold(900))
	m := &shedderOf{where: &gozeroCPU}
	m.allow = func() bool {
		promise, err := shedder.Allow()
		m.result = func(ok bool) {
			if ok {
				promise.Pass()
			} else {
				promise.Fail()
			}
		}
		return err == nil
	}
	return m
}

func kratosBBR(*Run) mechanism {
	limiter := bbr.NewLimiter()
	m := &shedderOf{where: &kratosCPU}
	m.allow = func() bool {
		done, err := limiter.Allow()
		m.result = func(bool) { done(ratelimit.DoneInfo{}) }
		return err == nil
	}
	return m
}
