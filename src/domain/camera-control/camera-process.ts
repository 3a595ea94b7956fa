import {
  DEFAULT_RULES,
  EXIT_REASONS,
  EXIT_REFUSED,
  type ProcessReason,
  type ProcessRules,
  backoff,
  patience,
} from './process-rules';

export type CameraState =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'degraded'
  | 'stalled'
  | 'backoff'
  | 'failed'
  | 'stopping';

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One camera's worker as the supervisor sees it. Times are milliseconds of a monotonic clock. */
export interface CameraProcess {
  readonly state: CameraState;
  readonly desired: 'running' | 'stopped';
  /** `asked`: a spawn is in progress and its outcome unknown, so that a second one would make two. */
  readonly worker: 'none' | 'asked' | 'alive';
  readonly pid: number;
  readonly reason: ProcessReason | null;
  /** Why it is being ended: only a requested end is no crash. */
  readonly ending: 'asked' | 'crash' | 'refused';
  readonly crashes: number;
  readonly restarts: number;
  readonly lastExit: Exit | null;
  readonly frames: number;
  readonly healthySince: number | null;
  readonly tickedAt: number;
  /** When something happens without an event. Finite in every state but `stopped`: no state can be stuck. */
  readonly due: number;
}

export type ProcessEvent =
  | { readonly kind: 'start-requested' | 'stop-requested' | 'spawn-failed' | 'source-refused' }
  | { readonly kind: 'tick' | 'system-stalled' }
  | { readonly kind: 'spawned' | 'adopted'; readonly pid: number }
  | { readonly kind: 'heartbeat'; readonly frames: number; readonly fps?: number; readonly frozen?: boolean }
  | ({ readonly kind: 'exited' } & Exit);

export type ProcessEffect =
  | { readonly kind: 'spawn' }
  | { readonly kind: 'signal'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly kind: 'schedule'; readonly at: number };

export interface Step {
  readonly state: CameraProcess;
  readonly effects: readonly ProcessEffect[];
}

export const stoppedProcess = (now: number): CameraProcess => ({
  state: 'stopped',
  desired: 'stopped',
  worker: 'none',
  pid: 0,
  reason: null,
  ending: 'asked',
  crashes: 0,
  restarts: 0,
  lastExit: null,
  frames: 0,
  healthySince: null,
  tickedAt: now,
  due: Infinity,
});

/** The transition for an event, and the actions it requires. */
export function step(before: CameraProcess, event: ProcessEvent, now: number, rules = DEFAULT_RULES): Step {
  const { state, effects } = new Transition(before, now, rules).on(event);
  const scheduled = state.due !== before.due && Number.isFinite(state.due);
  return { state, effects: scheduled ? [...effects, { kind: 'schedule', at: state.due }] : effects };
}

class Transition {
  constructor(
    private readonly p: CameraProcess,
    private readonly now: number,
    private readonly rules: ProcessRules,
  ) {}

  on(event: ProcessEvent): Step {
    switch (event.kind) {
      case 'start-requested':
        return this.start();
      case 'stop-requested':
        return this.stop();
      case 'spawned':
        return this.spawned(event.pid);
      case 'adopted':
        return this.adopted(event.pid);
      case 'spawn-failed':
        return this.p.worker === 'asked' ? this.ended('spawn_failed', this.p.lastExit) : this.stay();
      case 'heartbeat':
        return this.heartbeat(event.frames, event.fps, event.frozen);
      case 'source-refused':
        return this.watched ? this.end('refused', 'auth_failed') : this.stay();
      case 'exited':
        return this.exited({ code: event.code, signal: event.signal });
      case 'system-stalled':
        return this.stoodStill();
      case 'tick':
        return this.tick();
    }
  }

  private start(): Step {
    const { state, worker } = this.p;
    if (state === 'stopping') return this.stay({ desired: 'running', ending: 'asked' });
    return worker === 'none' ? this.spawn({ desired: 'running', crashes: 0 }) : this.stay({ desired: 'running' });
  }

  private stop(): Step {
    const { state, worker } = this.p;
    if (state === 'stopping') return this.stay({ desired: 'stopped', ending: 'asked' });
    return worker === 'none' ? this.stopped() : this.end('asked', null, { desired: 'stopped' });
  }

  private spawned(pid: number): Step {
    if (this.p.worker !== 'asked') return this.stay();
    const known = { worker: 'alive', pid } as const;
    // The stop was requested before there was a process to signal.
    if (this.p.state === 'stopping') return this.end(this.p.ending, this.p.reason, known);
    return this.stay({ ...known, due: this.now + this.rules.startLimit });
  }

  private adopted(pid: number): Step {
    if (this.p.worker !== 'none') return this.stay();
    const { startLimit } = this.rules;
    return this.stay({ state: 'starting', desired: 'running', worker: 'alive', pid, due: this.now + startLimit });
  }

  private heartbeat(frames: number, fps: number | undefined, frozen = false): Step {
    if (!this.watched || frames === this.p.frames) return this.stay();
    const { expectedFps, lowFps, healthyAfter } = this.rules;
    const slow = fps !== undefined && fps < expectedFps * lowFps;
    const reason = frozen ? 'frozen' : slow ? 'low_fps' : null;
    const state = reason === null ? 'running' : 'degraded';
    const healthySince = reason === null ? (this.p.healthySince ?? this.now) : null;
    const healed = healthySince !== null && this.now - healthySince >= healthyAfter;
    const crashes = healed ? 0 : this.p.crashes;
    return this.stay({ state, reason, frames, healthySince, crashes, due: this.now + patience(this.rules) });
  }

  private exited(exit: Exit): Step {
    const { state, ending, worker, reason } = this.p;
    if (worker === 'none') return this.stay();
    const refused = state !== 'stopping' && exit.code === EXIT_REFUSED;
    if (refused || (state === 'stopping' && ending === 'refused')) return this.ended('auth_failed', exit);
    const seen = state === 'stopping' && ending === 'crash' ? reason : null;
    return this.ended(seen ?? EXIT_REASONS.get(exit.code) ?? 'crashed', exit);
  }

  /** The worker has ended. Only a requested end is no crash: a lost connection exits with 0. */
  private ended(reason: ProcessReason, lastExit: Exit | null): Step {
    const { state, desired, ending } = this.p;
    const none = { worker: 'none', pid: 0, healthySince: null, lastExit } as const;
    if (desired === 'stopped') return this.stopped(none);
    if (state === 'stopping' && ending === 'asked' && reason !== 'spawn_failed')
      return this.spawn({ ...none, crashes: 0 });
    if (reason === 'auth_failed')
      return this.stay({ ...none, state: 'backoff', reason, due: this.now + this.rules.slowRetry });
    const crashes = this.p.crashes + 1;
    return crashes >= this.rules.crashLimit
      ? this.stay({ ...none, state: 'failed', reason: 'crash_loop', crashes, due: this.now + this.rules.slowRetry })
      : this.stay({ ...none, state: 'backoff', reason, crashes, due: this.now + backoff(crashes, this.rules) });
  }

  private tick(): Step {
    const late = this.now - this.p.tickedAt;
    if (late > this.rules.lateTick || late < 0) return this.stoodStill();
    if (this.now < this.p.due) return this.stay({ tickedAt: this.now });
    return new Transition({ ...this.p, tickedAt: this.now }, this.now, this.rules).overdue();
  }

  private overdue(): Step {
    const { state, worker, restarts } = this.p;
    const { startLimit, stalledLimit, killAfter } = this.rules;
    switch (state) {
      case 'stopped':
        return this.stay();
      case 'backoff':
      case 'failed':
        return this.spawn({ restarts: restarts + 1 });
      case 'running':
      case 'degraded': {
        const due = this.now + stalledLimit - patience(this.rules);
        return this.stay({ state: 'stalled', reason: 'no_frames', healthySince: null, due });
      }
      case 'starting':
        return worker === 'alive' ? this.end('crash', 'no_first_frame') : this.stay({ due: this.now + startLimit });
      case 'stalled':
        return this.end('crash', 'no_frames');
      case 'stopping': {
        const effects: ProcessEffect[] = worker === 'alive' ? [{ kind: 'signal', signal: 'SIGKILL' }] : [];
        return { state: { ...this.p, due: this.now + killAfter }, effects };
      }
    }
  }

  /** This program was stopped or starved: overdue deadlines are its own fault, so no worker is restarted for them. */
  private stoodStill(): Step {
    if (this.p.state === 'stopped') return this.stay({ tickedAt: this.now });
    const grace = this.watched ? patience(this.rules) : this.rules.nextPass;
    return this.stay({ tickedAt: this.now, due: Math.max(this.p.due, this.now + grace) });
  }

  private get watched(): boolean {
    return this.p.worker === 'alive' && this.p.state !== 'stopping';
  }

  private stay(change: Partial<CameraProcess> = {}): Step {
    return { state: { ...this.p, ...change }, effects: [] };
  }

  private stopped(change: Partial<CameraProcess> = {}): Step {
    return this.stay({ ...change, state: 'stopped', desired: 'stopped', reason: null, crashes: 0, due: Infinity });
  }

  private spawn(change: Partial<CameraProcess>): Step {
    const due = this.now + this.rules.startLimit;
    const fresh = { state: 'starting', worker: 'asked', reason: null, frames: 0, ending: 'asked', due } as const;
    return { state: { ...this.p, ...change, ...fresh }, effects: [{ kind: 'spawn' }] };
  }

  private end(
    ending: CameraProcess['ending'],
    reason: ProcessReason | null,
    change: Partial<CameraProcess> = {},
  ): Step {
    const due = this.now + this.rules.killAfter;
    const state = { ...this.p, ...change, state: 'stopping', ending, reason, due } as const;
    return { state, effects: state.worker === 'alive' ? [{ kind: 'signal', signal: 'SIGTERM' }] : [] };
  }
}
