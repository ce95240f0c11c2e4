module tracetax/tars-go

go 1.26

require (
	github.com/TarsCloud/TarsGo v1.4.5
	tracetax/bench v0.0.0
)

replace tracetax/bench => ../bench
