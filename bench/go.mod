module dynamosim/bench

go 1.26.0

require (
	dynamosim v0.0.0
	github.com/fschuetz04/simgo v0.7.0
	github.com/sarchlab/akita/v4 v4.1.0
)

require (
	github.com/anishathalye/porcupine v1.3.1 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/kr/text v0.2.0 // indirect
	github.com/rs/xid v1.6.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)

replace dynamosim => ../
