# PHOLD on SimPy with a process for each pending event, which waits and then is the next one: see sim/phold.go.
import sys
import time

import simpy

words_in = sys.stdin.read().split()
n, until = int(words_in[0]), int(words_in[1])
delays = [int(word) for word in words_in[2:]]
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
words = [(p + 1) * GOLDEN & MASK for p in range(n)]
events = 0
checksum = 0


def process(env, p):
    global events, checksum
    delay = delays[p % 4096]
    while True:
        yield env.timeout(delay)
        x = words[p]
        x ^= x << 13 & MASK
        x ^= x >> 7
        x ^= x << 17 & MASK
        words[p] = x
        events += 1
        checksum = checksum + (env.now ^ p << 40) * GOLDEN & MASK
        p, delay = x * n >> 64, delays[x & 4095]


env = simpy.Environment()
for p in range(n):
    env.process(process(env, p))
began = time.process_time_ns()
env.run(until=until + 1)
print(events, checksum, time.process_time_ns() - began)
