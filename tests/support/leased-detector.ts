import { randomUUID } from 'node:crypto';
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { leaseLeft } from '../../src/infrastructure/system/lease-file';

// A detector for tests of nodes, in a process of its own: ten events a second, so that its journal says when it lived,
// and the lease as docs/worker.md wants it.
const { CAMERA_ID = '', JOURNAL = '', STATUS_FILE = '', LEASE_FILE = '' } = process.env;
const EVERY_MS = 100;

let frames = 0;
setInterval(() => {
  const left = leaseLeft(LEASE_FILE);
  if (left !== undefined && left <= 0) process.exit(0);
  frames += 1;
  const line = {
    id: randomUUID(),
    ts: Date.now() / 1_000,
    type: 'seen',
    camera_id: CAMERA_ID,
    evidence: { pid: process.pid },
  };
  appendFileSync(JOURNAL, `\n${JSON.stringify(line)}\n`);
  writeFileSync(`${STATUS_FILE}.tmp`, JSON.stringify({ frames, fps: 10 }));
  renameSync(`${STATUS_FILE}.tmp`, STATUS_FILE);
}, EVERY_MS);
