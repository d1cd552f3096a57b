// PHOLD on the simulator of ns-3.
#include "phold.h"

#include "ns3/core-module.h"

using namespace ns3;

static Phold b;

static void handle(int64_t p) {
	int64_t target, delay;
	b.handle(p, Simulator::Now().GetNanoSeconds(), target, delay);
	Simulator::Schedule(NanoSeconds(delay), &handle, target);
}

int main() {
	if (!b.read()) return 1;
	ObjectFactory scheduler;
	scheduler.SetTypeId(SCHEDULER);
	Simulator::SetScheduler(scheduler);
	for (int64_t p = 0; p < b.n; p++) Simulator::Schedule(NanoSeconds(b.first(p)), &handle, p);
	Simulator::Stop(NanoSeconds(b.until + 1));
	int64_t began = Phold::cpu();
	Simulator::Run();
	b.print(began);
	Simulator::Destroy();
}
