// Package workload says what generated clients do: which operation client c
// performs as its k-th, on which key, with how many bytes, after which pause,
// and when the operations of an open loop arrive.
//
// Everything is a pure function. An operation depends on (workload seed, name
// of the client, k) and on nothing else: not on the other clients, not on the
// outcome of earlier operations, not on time. Taking a client, a fault or a
// node away shifts no draw of what remains, which is what shrinking and paired
// comparison rest on. An arrival depends on (workload seed, name of the
// workload, i) and on the rates of its stages.
//
// # Keys
//
// A workload works on a key space of Count keys, numbered from 0 and named
// prefix-0, prefix-1, and so on. Popularity is a function of the number:
//
//   - uniform: every key alike.
//   - zipfian: key i has a share proportional to 1/(i+1)^theta. The most
//     popular key is number 0: nothing is scrambled. YCSB scatters its ranks
//     over the key space because stores that keep keys in order would put the
//     popular ones side by side; here a hash places the keys on the ring, so a
//     scattering would only make the popular keys hard to name.
//   - hotspot: a share of the operations goes to the first keys, the hot ones,
//     the rest to the others; uniform within both (YCSB's hotspot).
//   - latest: newer keys are more popular, zipfian by age, and a put inserts a
//     new key, which becomes the newest (YCSB's workload D).
//
// For latest, insertion order has to be the same for every order in which a
// cluster happens to answer, so a client knows of its own insertions only: its
// window holds the Count newest of "the shared keys 0, 1, ..., Count-1, then
// the keys this client inserted, in the order of its operations". An inserted
// key is marked [Op.Own] and named prefix-CLIENT.I, its client counted from 1.
//
// # Where to start
//
// [Config] and [New] make a [Generator]; [Generator.Next] is the whole of it.
// [NewArrivals] makes the schedule of an open loop. YCSB is Cooper et al.,
// "Benchmarking Cloud Serving Systems with YCSB", SoCC 2010.
package workload
