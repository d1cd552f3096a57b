# make         builds bin/dynamosim
# make help    lists what else there is

# Without a readable repository around it, a build cannot be stamped with its revision.
STAMP := $(shell git rev-parse HEAD >/dev/null 2>&1 || echo -buildvcs=false)

# How long fuzz stays at each target.
FUZZTIME ?= 20s

# How many cases soak draws for each property.
SOAK ?= 2000

# Which builds digests compares: names of internal/digests/builds.go, none for all.
BUILDS ?=

.PHONY: build test race fuzz lint docs golden registers soak scale bench bench-check bench-peers bench-go performance validation scaling digests planted shrink-library growth swarm mechanisms estimates ci help

build: ## build bin/dynamosim (also without a target)
	go build -trimpath $(STAMP) -o bin/dynamosim ./cmd/dynamosim

test: ## run all tests
	go test -timeout 10m ./...

race: ## run all tests with the race detector (needs a C compiler)
	CGO_ENABLED=1 go test -race -timeout 30m ./...

fuzz: ## fuzz every parser for FUZZTIME each
	@for package in $$(go list ./...); do \
		list=$$(go test -list '^Fuzz' $$package) || { echo "$$list"; exit 1; }; \
		for target in $$(echo "$$list" | grep '^Fuzz'); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package || exit 1; \
		done; \
	done

soak: ## check every property on SOAK fresh cases instead of 100, on 32 bits too
	@for package in $$(grep -rl --include='*_test.go' 'rapid.Check\|seeded.Rounds' . | xargs -n1 dirname | grep -v internal | sort -u); do \
		go test -count=1 -timeout 60m $$package -rapid.seed=0 -rapid.checks=$(SOAK) || exit 1; \
		GOARCH=386 go test -count=1 -timeout 60m $$package -rapid.seed=0 -rapid.checks=$(SOAK) || exit 1; \
	done

lint: ## check formatting, go vet, the architecture and the rules of determinism
	@test -z "$$(gofmt -l .)" || { echo "to be formatted with gofmt -w:"; gofmt -l .; exit 1; }
	go vet ./...
	go test . ./internal/...

docs: build ## write docs/paper.md and docs/faults.md anew
	bin/dynamosim paper --write docs/paper.md
	bin/dynamosim faults --write docs/faults.md

golden: ## write the golden files anew, digests too; read the diff before you commit it
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update
	git status --short

registers: ## run 2,000 seeds of @abd and of its weakened cases
	go test -count=1 -timeout 2h -run 'TestRegisters$$' -v ./scenarios/lab -seeds 2000

bench: build ## measure the standard workloads and their ratios to the bare kernel
	bin/dynamosim bench

bench-check: build ## fail if such a ratio is more than a tenth worse than its bound
	bin/dynamosim bench --quick --check

bench-peers: ## measure other simulators, as far as they are installed, beside ours
	cd bench && go run .

bench-go: ## run all Go benchmarks
	go test -run '^$$' -bench . -benchmem ./...

performance: build ## write docs/performance.md anew: a quarter of an hour on a machine that does nothing else
	mkdir -p docs bin/performance
	cd bench && go run . -json >../bin/performance/peers.json
	bin/dynamosim bench --profile bin/performance/cpu.pprof
	go tool pprof -top -nodecount=1000000 -nodefraction=0 bin/dynamosim bin/performance/cpu.pprof >bin/performance/shares.txt
	bin/dynamosim bench --write docs/performance.md --peers bin/performance/peers.json --shares bin/performance/shares.txt

validation: build ## measure all published results again and write docs/validation.md anew
	bin/dynamosim reproduce --write docs/validation.md

scaling: build ## write docs/cost.md and docs/gossip.md anew: minutes, and 2 GB
	bin/dynamosim scaling --write docs

digests: ## compare what runs come to on BUILDS: architectures, emulated by qemu-user and node, and settings
	go run $(STAMP) ./internal/digests $(BUILDS)

mechanisms: ## switch every mechanism off over 20 seeds and see it missed
	go test -count=1 -timeout 60m -run "MechanismsMatter|ChoicesMatter" ./scenarios/lab -mechanism-seeds 20

shrink-library: ## shrink every failure that the library shows by design, and run what is left from its text
	go test -count=1 -timeout 60m -run ShrinkLibrary -v ./scenarios/lab -shrink-library

growth: ## grow a cluster from 5 to 20 nodes and back under faults, over 200 seeds and all strategies
	go test -count=1 -timeout 60m -run Growth ./scenarios/lab -growth-seeds 200

swarm: ## run 2,000 seeds of @swarm, all faults at once, and of it with planted mistakes; print which kinds of faults met
	go test -count=1 -timeout 60m -run "TestSwarm" -v ./scenarios/lab -swarm-seeds 2000

scale: ## run the scenarios of a hundred to ten thousand nodes: minutes, and 5 GB
	go test -count=1 -timeout 60m -run 'LibraryPasses$$' -v ./scenarios/lab -large

estimates: ## measure what docs/limits.md holds estimates against: minutes, and 2 GB
	go test -count=1 -timeout 60m -run TestEstimatesAgainstRuns -v ./cmd/dynamosim -estimates

planted: ## plant nondeterminism in a toy simulation and see it caught, on other architectures too
	go test -count=1 -run Planted -v ./internal/digests -slow

ci: ## run what the continuous integration runs
	.ci/run

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' Makefile | expand -t 16
