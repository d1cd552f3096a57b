#!/bin/bash
# An array of 16 shards; a job that is requeued goes on where it stopped. Submit it with: sbatch examples/ci/slurm.sh
# Afterwards: bin/dynamosim merge results/shard-* --complete --corpus results/seeds.jsonl -o results/whole
# which adds the failing seeds to those that the next array runs first.
#SBATCH --job-name=dynamosim
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=02:00:00
#SBATCH --requeue
set -u
: "${SCENARIO:=@chaos}" "${SEEDS:=1..16000}" "${RESULTS:=results}"
mkdir -p "$RESULTS" && touch -a "$RESULTS/seeds.jsonl"
bin/dynamosim sweep "$SCENARIO" --seeds "$SEEDS" --shard auto --resume --jobs "${SLURM_CPUS_PER_TASK:-0}" --max-memory 3GB \
	--corpus "$RESULTS/seeds.jsonl" --shrink 5m \
	-o "$RESULTS/shard-$SLURM_ARRAY_TASK_ID"
code=$?
# A failing seed is a result of the sweep, not of the job: the merged sweep decides.
[ "$code" -ne 4 ] && [ "$code" -ne 130 ]
