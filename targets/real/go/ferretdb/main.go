// FerretDB, which speaks MongoDB's protocol, with its data in SQLite files: as a library, because its own program
// wants a file with its version beside its source, which the module does not have.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"flag"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	"github.com/FerretDB/wire"
	"github.com/FerretDB/wire/wireclient"
)

// ask is a client's question, to see whether a server answers: a collection that need not be there.
func ask(ctx context.Context, address string) error {
	client, err := wireclient.Connect(ctx, "mongodb://"+address+"/", slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer client.Close()
	_, _, err = client.Request(ctx, wire.MustOpMsg("find", "ready", "$db", "bench"))
	return err
}

func main() {
	listen := flag.String("listen-addr", "127.0.0.1:27017", "where it listens")
	data := flag.String("data", "", "an existing folder for its data")
	asked := flag.String("ask", "", "only asks the server at this address")
	flag.Parse()
	if *asked != "" {
		ctx, stop := context.WithTimeout(context.Background(), time.Second)
		defer stop()
		if err := ask(ctx, *asked); err != nil {
			log.Fatal(err)
		}
		return
	}
	db, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: *listen},
		Handler:   "sqlite",
		SQLiteURL: "file:" + *data + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := db.Run(ctx); err != nil {
		log.Fatal(err)
	}
}
