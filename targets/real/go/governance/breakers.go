// SPDX-License-Identifier: Apache-2.0
package main

import (
	"log"
	"math/rand"
	"sync"
	"testing"
	"time"
	_ "unsafe"

	circuitbreaker "github.com/bytedance/gopkg/cloud/circuitbreaker"
	kratosbreaker "github.com/go-kratos/aegis/circuitbreaker"
	"github.com/go-kratos/aegis/circuitbreaker/sre"
	"github.com/zeromicro/go-zero/core/breaker"
	_ "github.com/zeromicro/go-zero/core/timex"
)

// timex counts from a year before the program's start, which lies after the bubble's time.
//
//go:linkname timexInit github.com/zeromicro/go-zero/core/timex.initTime
var timexInit time.Time

// breakerOf makes a mechanism of a breaker.
type breakerOf struct {
	allow  func() bool
	ended  []func(ok bool)
	result func(ok bool)
}

func (b *breakerOf) ask() int64 {
	if !b.allow() {
		return 0
	}
	b.ended = append(b.ended, b.result)
	return 1
}
func (b *breakerOf) end(which int, ok bool) {
	end := b.ended[which]
	b.ended = append(b.ended[:which], b.ended[which+1:]...)
	end(ok)
}
func (b *breakerOf) underWay() int { return len(b.ended) }
func (b *breakerOf) load(int64)    {}

// breakers: all is well; half fails; all fails; it recovers; a pause longer than every window; drops alone.
func breakers(t *testing.T) []*Script {
	calm := phase{count: 150, pause: 30_000, duration: 2_000}
	sick := phase{count: 260, pause: 15_000, duration: 3_000, failing: 0.6, inFlight: 2}
	down := phase{count: 260, pause: 10_000, duration: 1_000, failing: 1, inFlight: 1}
	rest := phase{count: 3, pause: 40_000_000, duration: 1_000}
	dead := phase{count: 150, pause: 500_000, duration: 5_000, failing: 0.9}
	var scripts []*Script
	for i, phases := range [][]phase{{calm, down, calm, calm}, {sick, calm, sick, calm, down, sick},
		{down, rest, down, rest, calm, down}, {dead, calm, dead}} {
		s := &Script{Name: []string{"recovers", "flaps", "rests", "slowly"}[i], Steps: steps(int64(i), phases...)}
		for _, step := range s.Steps {
			if step[1] == ask {
				s.Draws = append(s.Draws, 0)
			}
		}
		s.run(t, "gozero", s.gozero)
		s.run(t, "kratos", s.kratos)
		s.run(t, "kitex", kitex)
		scripts = append(scripts, s)
	}
	return scripts
}

// draw fills in what a source gives that was made now: at most one draw for each question.
func (s *Script) draw() {
	r := rand.New(rand.NewSource(time.Now().UnixNano()))
	for i := range s.Draws {
		s.Draws[i] = r.Float64()
	}
}

func (s *Script) gozero(*Run) mechanism {
	timexInit = time.Now().AddDate(-1, -1, -1)
	s.draw()
	b := breaker.NewBreaker()
	m := &breakerOf{}
	m.allow = func() bool {
		promise, err := b.Allow()
		m.result = func(ok bool) {
			if ok {
				promise.Accept()
			} else {
				promise.Reject("")
			}
		}
		return err == nil
	}
	return m
}

func (s *Script) kratos(*Run) mechanism {
	s.draw()
	var b kratosbreaker.CircuitBreaker = sre.NewBreaker()
	m := &breakerOf{result: func(ok bool) {
		if ok {
			b.MarkSuccess()
		} else {
			b.MarkFailed()
		}
	}}
	m.allow = func() bool { // as kratos' middleware: what is rejected here counts as failed
		err := b.Allow()
		if err != nil {
			b.MarkFailed()
		}
		return err == nil
	}
	return m
}

//go:linkname kitexTickers github.com/bytedance/gopkg/cloud/circuitbreaker.tickerMap
var kitexTickers sync.Map

// closing ends a goroutine of its own.
type closing struct {
	breakerOf
	stop func()
}

func (c *closing) close() { c.stop() }

func kitex(*Run) mechanism {
	kitexTickers.Clear() // one of another bubble
	// As kitex' CBSuite makes it, with its default rule.
	panel, err := circuitbreaker.NewPanel(nil,
		circuitbreaker.Options{ShouldTrip: circuitbreaker.RateTripFunc(0.5, 200)})
	if err != nil {
		log.Fatal(err)
	}
	m := &closing{breakerOf: breakerOf{result: func(ok bool) {
		if ok {
			panel.Succeed("key")
		} else {
			panel.Fail("key")
		}
	}, allow: func() bool { return panel.IsAllowed("key") }}, stop: panel.Close}
	return m
}
