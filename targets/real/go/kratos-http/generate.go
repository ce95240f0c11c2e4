// SPDX-License-Identifier: Apache-2.0
package main

//go:generate sh -c "protoc -I . -I $(go list -m -f {{.Dir}} github.com/go-kratos/kratos/v2)/third_party --go_out=. --go-http_out=. --go_opt=paths=source_relative --go-http_opt=paths=source_relative users.proto"
