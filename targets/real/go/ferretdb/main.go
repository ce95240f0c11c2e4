// FerretDB, which speaks MongoDB's protocol, with its data in SQLite files: as a library, because its own program
// wants a file with its version beside its source, which the module does not have.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen-addr", "127.0.0.1:27017", "where it listens")
	data := flag.String("data", "", "an existing folder for its data")
	flag.Parse()
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
