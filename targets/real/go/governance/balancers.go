// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand"
	randv2 "math/rand/v2"
	"reflect"
	"testing"
	"time"
	"unsafe"

	"github.com/cloudwego/kitex/pkg/discovery"
	"github.com/cloudwego/kitex/pkg/loadbalance"
	"github.com/go-kratos/kratos/v2/registry"
	"github.com/go-kratos/kratos/v2/selector"
	"github.com/go-kratos/kratos/v2/selector/node/direct"
	"github.com/go-kratos/kratos/v2/selector/node/ewma"
	"github.com/go-kratos/kratos/v2/selector/p2c"
	"github.com/go-kratos/kratos/v2/selector/wrr"
	_ "github.com/zeromicro/go-zero/zrpc/internal/balancer/p2c"
	"google.golang.org/grpc/balancer"
	"google.golang.org/grpc/balancer/base"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/status"
)

//go:linkname buildGozeroP2c github.com/zeromicro/go-zero/zrpc/internal/balancer/p2c.(*p2cPickerBuilder).Build
func buildGozeroP2c(builder unsafe.Pointer, info base.PickerBuildInfo) balancer.Picker

// balancerOf makes a mechanism of a balancer; a decision is the index of a node.
type balancerOf struct {
	breakerOf
	pick func() (int64, func(ok bool))
}

func (b *balancerOf) ask() int64 {
	node, end := b.pick()
	b.ended = append(b.ended, end)
	return node
}

// p2cs for some numbers of nodes: quick answers, many at once, failures, pauses after which a node is forced.
func p2cs(t *testing.T) []*Script {
	var scripts []*Script
	for i, nodes := range []int{2, 3, 7} {
		s := &Script{Name: fmt.Sprintf("%d nodes", nodes), Weights: make([]int64, nodes), Steps: steps(int64(i),
			phase{count: 150, pause: 3_000, duration: 2_000, inFlight: 1},
			phase{count: 250, pause: 900, duration: 1_100, inFlight: 12},
			phase{count: 200, pause: 5_000, duration: 20_000, failing: 0.7, inFlight: 3},
			phase{count: 40, pause: 700_000, duration: 5_000, inFlight: 2},
			phase{count: 200, pause: 2_000, duration: 3_000, failing: 0.1, inFlight: 40})}
		s.run(t, "gozero", func(run *Run) mechanism { return gozeroP2c(run, nodes) })
		s.run(t, "kratos", func(run *Run) mechanism {
			run.draw(nodes, 1, randv2.New(randv2.NewPCG(uint64(time.Now().UnixNano()), 0)).IntN)
			return kratosOf((&p2c.Builder{}).Build(), kratosNodes(&ewma.Builder{}, s.Weights))
		})
		scripts = append(scripts, s)
	}
	return scripts
}

// draw fills in what a source gives for more questions than there are, each with so many tries.
func (r *Run) draw(nodes, tries int, draw func(n int) int) {
	for range 850 * tries {
		r.Places = append(r.Places, draw(nodes), draw(nodes-1))
	}
}

type subConn struct{ balancer.SubConn }

func gozeroP2c(run *Run, nodes int) mechanism {
	timexInit = time.Now().AddDate(-1, -1, -1)
	index := map[balancer.SubConn]int64{}
	ready := map[balancer.SubConn]base.SubConnInfo{}
	for i := range nodes {
		conn := &subConn{}
		index[conn] = int64(i)
		ready[conn] = base.SubConnInfo{Address: resolver.Address{Addr: fmt.Sprint(i)}}
	}
	if nodes > 2 {
		run.draw(nodes, 2, rand.New(rand.NewSource(time.Now().UnixNano())).Intn)
	}
	picker := buildGozeroP2c(nil, base.PickerBuildInfo{ReadySCs: ready})
	// The nodes' order is that of a map; a decision is the place in the order that came of it.
	conns := reflect.ValueOf(picker).Elem().FieldByName("conns")
	place := map[string]int64{}
	for i := range conns.Len() {
		place[conns.Index(i).Elem().FieldByName("addr").FieldByName("Addr").String()] = int64(i)
	}
	return &balancerOf{pick: func() (int64, func(bool)) {
		result, err := picker.Pick(balancer.PickInfo{})
		if err != nil {
			log.Fatal(err)
		}
		return place[fmt.Sprint(index[result.SubConn])], func(ok bool) {
			if ok {
				result.Done(balancer.DoneInfo{})
			} else {
				result.Done(balancer.DoneInfo{Err: status.Error(codes.Unavailable, "")})
			}
		}
	}}
}

func kratosNodes(builder selector.WeightedNodeBuilder, weights []int64) []selector.WeightedNode {
	var nodes []selector.WeightedNode
	for i, weight := range weights {
		nodes = append(nodes, builder.Build(selector.NewNode("grpc", fmt.Sprint(i), &registry.ServiceInstance{
			Metadata: map[string]string{"weight": fmt.Sprint(weight)}})))
	}
	return nodes
}

func kratosOf(b selector.Balancer, nodes []selector.WeightedNode) mechanism {
	return &balancerOf{pick: func() (int64, func(bool)) {
		node, done, err := b.Pick(context.Background(), nodes)
		if err != nil {
			log.Fatal(err)
		}
		var place int64
		if _, err := fmt.Sscan(node.Address(), &place); err != nil {
			log.Fatal(err)
		}
		return place, func(ok bool) {
			if ok {
				done(context.Background(), selector.DoneInfo{})
			} else {
				done(context.Background(), selector.DoneInfo{Err: context.DeadlineExceeded})
			}
		}
	}}
}

// turns are questions alone.
func turns(count int) [][]int64 {
	var all [][]int64
	for range count {
		all = append(all, []int64{1, ask})
	}
	return all
}

func wrrs(t *testing.T) []*Script {
	var scripts []*Script
	for _, weights := range [][]int64{{100, 100, 100}, {5, 1, 1}, {1, 2, 3, 4}, {10, 20, 70}, {1}, {3, 300, 17}} {
		s := &Script{Name: fmt.Sprint(weights), Weights: weights, Steps: turns(700)}
		s.run(t, "kratos", func(*Run) mechanism {
			return kratosOf((&wrr.Builder{}).Build(), kratosNodes(&direct.Builder{}, weights))
		})
		if weights[0] != 100 { // equal ones go round from a place drawn at random, which nobody tells
			s.run(t, "kitex", func(run *Run) mechanism { return kitexWRR(run, weights) })
		}
		s.Steps = nil
		scripts = append(scripts, s)
	}
	return scripts
}

func kitexWRR(run *Run, weights []int64) mechanism {
	var instances []discovery.Instance
	for i, weight := range weights {
		instances = append(instances, discovery.NewInstance("tcp", fmt.Sprintf("127.0.0.1:%d", i+1), int(weight), nil))
	}
	place := func(instance discovery.Instance) int64 {
		for i, one := range instances {
			if one.Address().String() == instance.Address().String() {
				return int64(i)
			}
		}
		return -1
	}
	// It begins at a node drawn at random: made until that is the last.
	var picker loadbalance.Picker
	run.First = -1
	for run.First != int64(len(weights)-1) {
		picker = loadbalance.NewWeightedRoundRobinBalancer().GetPicker(discovery.Result{Instances: instances})
		nodes := reflect.ValueOf(picker).Elem().FieldByName("nodes")
		if !nodes.IsValid() { // of one node
			run.First = 0
			break
		}
		nodes = reflect.NewAt(nodes.Type(), unsafe.Pointer(nodes.UnsafeAddr())).Elem()
		run.First = place(nodes.Index(0).Elem().Field(0).Interface().(discovery.Instance))
	}
	return &balancerOf{pick: func() (int64, func(bool)) {
		return place(picker.Next(context.Background(), nil)), func(bool) {}
	}}
}
