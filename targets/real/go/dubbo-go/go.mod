module tracetax/dubbo-go

go 1.26

require (
	dubbo.apache.org/dubbo-go/v3 v3.3.2
	tracetax/bench v0.0.0
	tracetax/benchpb v0.0.0
)

replace (
	tracetax/bench => ../bench
	tracetax/benchpb => ../benchpb
)
