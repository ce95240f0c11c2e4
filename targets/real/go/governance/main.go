// Command governance runs Go's own breakers, shedders and balancers on scripted sequences and writes the scripts with
// the decisions, which are test data of the emulations:
//
//	go run . ../../../stages/testdata
//
// Time is that of a synctest bubble: it starts at midnight UTC on 2000-01-01 and passes while the script sleeps, to the
// nanosecond. Each package seeds its random source with the time at which it is made, so a second source with that seed
// gives the draws, which are written into the script.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/json"
	"flag"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// Script is one sequence, and what each mechanism decided on it. A step is what happens after a pause: [pause_us, what,
// argument...]. The first pause begins a nanosecond after the mechanism was made.
type Script struct {
	Name    string    `json:"name"`
	Weights []int64   `json:"weights,omitempty"` // of a balancer's nodes
	Draws   []float64 `json:"draws,omitempty"`
	Steps   [][]int64 `json:"steps,omitempty"` // none: as many questions as there are decisions
	Runs    []*Run    `json:"runs"`
}

// Run is what one mechanism decided: a digit for each question.
type Run struct {
	Mechanism string `json:"mechanism"`
	First     int64  `json:"first,omitempty"` // the node that a balancer begins with
	// What it draws: in turns a number below the number of nodes, and one below one less.
	Places    []int  `json:"places,omitempty"`
	Decisions string `json:"decisions"`
}

// What a step does: ask, or end one of the requests under way, whose place among them is the argument; nothing if there
// are not so many.
const (
	ask = iota
	succeeds
	fails
	load // of the CPU in thousandths: the argument
)

// mechanism is what is scripted.
type mechanism interface {
	ask() int64
	end(which int, ok bool)
	underWay() int
	load(milli int64)
}

// run runs a mechanism, made of nothing but the run to be filled in, on the script.
func (s *Script) run(t *testing.T, name string, make func(*Run) mechanism) {
	run := &Run{Mechanism: name}
	synctest.Test(t, func(*testing.T) { run.follow(make(run), s.Steps) })
	s.Runs = append(s.Runs, run)
}

func (r *Run) follow(m mechanism, steps [][]int64) {
	time.Sleep(1) // so that nothing happens on the edge of a bucket
	for _, step := range steps {
		time.Sleep(time.Duration(step[0]) * time.Microsecond)
		synctest.Wait()
		switch step[1] {
		case ask:
			r.Decisions += strconv.FormatInt(m.ask(), 10)
		case succeeds, fails:
			if which := int(step[2]); which < m.underWay() {
				m.end(which, step[1] == succeeds)
			}
		case load:
			m.load(step[2])
		}
	}
	if closer, ok := m.(interface{ close() }); ok {
		closer.close()
	}
}

// phase of a script: count requests, each with a pause before it and one before its end, of which a share fails.
type phase struct {
	count           int
	pause, duration int64 // us; both vary by half
	failing         float64
	inFlight        int // so many are under way before the first ends
	cpu             int64
}

// steps of phases.
func steps(seed int64, phases ...phase) [][]int64 {
	r := rand.New(rand.NewSource(seed))
	vary := func(us int64) int64 {
		if us == 0 {
			return 0
		}
		return us/2 + r.Int63n(us+1)
	}
	var all [][]int64
	for _, p := range phases {
		if p.cpu > 0 {
			all = append(all, []int64{0, load, p.cpu})
		}
		flying := 0
		end := func() {
			kind := int64(succeeds)
			if r.Float64() < p.failing {
				kind = fails
			}
			all = append(all, []int64{vary(p.duration), kind, r.Int63n(int64(max(flying, 1)))})
			flying = max(flying-1, 0)
		}
		for range p.count {
			all = append(all, []int64{vary(p.pause), ask})
			if flying++; flying > p.inFlight {
				end()
			}
		}
		for flying > 0 {
			end()
		}
	}
	return all
}

func main() {
	testing.Init()
	flag.Parse()
	scripts := map[string]func(*testing.T) []*Script{
		"breakers.json": breakers, "shedders.json": shedders, "p2c.json": p2cs, "wrr.json": wrrs,
	}
	var tests []testing.InternalTest
	for file, run := range scripts {
		tests = append(tests, testing.InternalTest{Name: file, F: func(t *testing.T) {
			write(filepath.Join(flag.Arg(0), file), run(t))
		}})
	}
	testing.Main(func(string, string) (bool, error) { return true, nil }, tests, nil, nil) // a bubble wants a test
}

func write(path string, scripts []*Script) {
	text := []byte("[\n")
	for i, script := range scripts {
		line, err := json.Marshal(script)
		if err != nil {
			log.Fatal(err)
		}
		if i > 0 {
			text = append(text, ",\n"...)
		}
		text = append(text, line...)
	}
	if err := os.WriteFile(path, append(text, "\n]\n"...), 0o644); err != nil {
		log.Fatal(err)
	}
}
