module tracetax/benchpb

go 1.26

require (
	google.golang.org/grpc v1.83.0
	google.golang.org/protobuf v1.36.11
	tracetax/bench v0.0.0
)

replace tracetax/bench => ../bench
