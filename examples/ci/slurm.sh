#!/bin/bash
# An array of 16 shards; a job that is requeued goes on where it stopped. Submit it with: sbatch examples/ci/slurm.sh
# Afterwards: bin/dynamosim merge results/shard-* --complete -o results/whole
#SBATCH --job-name=dynamosim
#SBATCH --array=1-16
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=02:00:00
#SBATCH --requeue
set -u
: "${SCENARIO:=@chaos}" "${SEEDS:=1..16000}" "${RESULTS:=results}"
bin/dynamosim sweep "$SCENARIO" --seeds "$SEEDS" --shard auto --resume --jobs "${SLURM_CPUS_PER_TASK:-0}" \
	-o "$RESULTS/shard-$SLURM_ARRAY_TASK_ID"
code=$?
# A failing seed is a result of the sweep, not of the job: the merged sweep decides.
[ "$code" -ne 4 ] && [ "$code" -ne 130 ]
