// PHOLD on nothing but std::priority_queue.
#include "phold.h"

#include <queue>

struct Event {
	int64_t at;
	uint64_t seq;
	int64_t process;
	bool operator<(const Event &o) const { return at != o.at ? at > o.at : seq > o.seq; }
};

int main() {
	Phold b;
	if (!b.read()) return 1;
	std::priority_queue<Event> queue;
	uint64_t seq = 0;
	for (int64_t p = 0; p < b.n; p++) queue.push({b.first(p), seq++, p});
	int64_t began = Phold::cpu();
	while (queue.top().at <= b.until) {
		Event e = queue.top();
		queue.pop();
		int64_t target, delay;
		b.handle(e.process, e.at, target, delay);
		queue.push({e.at + delay, seq++, target});
	}
	b.print(began);
}
