#!/bin/bash
# Submits a campaign: an array of shards, and the merge behind it.
#
#   deploy/slurm/submit.sh 16 --runs 16000 --seed 7        # 16 shards
#
# Exit code: with WAIT=1 that of the merge (0 nothing is violated, 1 something is, 2 something is missing).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [[ ! ${1:-} =~ ^[1-9][0-9]*$ ]]; then
  echo "usage: $0 SHARDS [what detcd fuzz takes: --runs 16000 --seed 7 …]" >&2
  exit 2
fi
shards=$1
shift
# A shard that stands alone believes that it is the whole; with this it can't.
export DETCD_SHARDS=$shards
array=$(sbatch --parsable --array="0-$((shards - 1))" "$here/detcd-shard.sbatch" "$@")
array=${array%%;*}
# afterany, not afterok: a shard that found something ends with 1, and is to be merged all the same.
merge=$(sbatch --parsable ${WAIT:+--wait} --dependency="afterany:$array" "$here/detcd-merge.sbatch") && code=0 || code=$?
echo "array $array, merge ${merge%%;*}"
exit "$code"
