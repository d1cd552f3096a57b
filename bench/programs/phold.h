// The part of PHOLD that is no simulator's: see sim/phold.go.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <vector>

struct Phold {
	int64_t n, until;
	std::vector<int64_t> delays;
	std::vector<uint64_t> words;
	uint64_t events = 0, checksum = 0;

	// The task is read from stdin: processes, time, 4096 delays.
	bool read() {
		if (scanf("%ld %ld", &n, &until) != 2) return false;
		delays.resize(4096);
		for (auto &d : delays)
			if (scanf("%ld", &d) != 1) return false;
		for (int64_t p = 0; p < n; p++) words.push_back((uint64_t(p) + 1) * 0x9e3779b97f4a7c15u);
		return true;
	}

	int64_t first(int64_t p) const { return delays[p % 4096]; }

	// An event at a process: the process of the next one, and after what time it is.
	void handle(int64_t p, int64_t at, int64_t &target, int64_t &delay) {
		uint64_t x = words[p];
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		words[p] = x;
		events++;
		checksum += (uint64_t(at) ^ uint64_t(p) << 40) * 0x9e3779b97f4a7c15u;
		target = int64_t((unsigned __int128)(x) * uint64_t(n) >> 64);
		delay = delays[x & 4095];
	}

	static int64_t cpu() {
		timespec t;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		return t.tv_sec * 1000000000L + t.tv_nsec;
	}

	// The result goes to stdout: events, checksum, ns of processor time.
	void print(int64_t began) const { printf("%lu %lu %ld\n", events, checksum, cpu() - began); }
};
