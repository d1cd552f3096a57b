// PHOLD on SimGrid: an actor for each pending event, which sleeps and then is the next one. SimGrid counts time in seconds, as a double; a
// nanosecond is one of them here, so that all times are exact.
#include "phold.h"

#include <cmath>
#include <simgrid/s4u.hpp>

namespace s4u = simgrid::s4u;

static Phold b;

static void actor(int64_t p) {
	for (int64_t at = 0, delay = b.first(p); at + delay <= b.until;) {
		s4u::this_actor::sleep_for(double(delay));
		at = llround(s4u::Engine::get_clock());
		b.handle(p, at, p, delay);
	}
}

int main() {
	if (!b.read()) return 1;
	int argc = 2;
	char name[] = "phold", quiet[] = "--log=root.threshold:error";
	char *args[] = {name, quiet, nullptr}, **argv = args;
	s4u::Engine engine(&argc, argv);
	auto *zone = s4u::create_full_zone("world");
	auto *host = zone->create_host("host", 1.0);
	zone->seal();
	for (int64_t p = 0; p < b.n; p++) s4u::Actor::create("process", host, actor, p);
	int64_t began = Phold::cpu();
	engine.run();
	b.print(began);
}
