module tracetax/gozero-zrpc

go 1.26

require (
	github.com/zeromicro/go-zero v1.10.3
	google.golang.org/grpc v1.83.1
	tracetax/bench v0.0.0
	tracetax/benchpb v0.0.0
)

replace (
	tracetax/bench => ../bench
	tracetax/benchpb => ../benchpb
)
