module tracetax/kitex

go 1.26

require (
	github.com/cloudwego/gopkg v0.2.0
	github.com/cloudwego/kitex v0.16.3
	github.com/cloudwego/prutal v0.1.3
	github.com/kitex-contrib/obs-opentelemetry v0.3.0
	tracetax/bench v0.0.0
)

replace tracetax/bench => ../bench
