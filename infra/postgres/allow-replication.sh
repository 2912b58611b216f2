#!/usr/bin/env bash
# Run once, when the database is made: a standby on the same network may follow it.
set -euo pipefail
echo "host replication postgres samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
