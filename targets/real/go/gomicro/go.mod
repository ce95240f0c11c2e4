module tracetax/gomicro

go 1.26

require (
	go-micro.dev/v5 v5.30.0
	tracetax/bench v0.0.0
	tracetax/benchpb v0.0.0
)

replace (
	tracetax/bench => ../bench
	tracetax/benchpb => ../benchpb
)
