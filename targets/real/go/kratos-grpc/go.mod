module tracetax/kratos-grpc

go 1.26

require (
	github.com/go-kratos/kratos/v2 v2.9.2
	google.golang.org/grpc v1.83.1
	tracetax/bench v0.0.0
	tracetax/benchpb v0.0.0
)

replace (
	tracetax/bench => ../bench
	tracetax/benchpb => ../benchpb
)
