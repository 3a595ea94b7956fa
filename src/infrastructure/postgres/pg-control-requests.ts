import { randomUUID } from 'node:crypto';
import type {
  ControlAnswer,
  ControlRequest,
  ControlRequestQueue,
} from '../../application/camera-control/control-relay';
import type { Log } from '../../application/shared/log';
import type { Desired, DesiredStates } from '../../domain/camera-control/process-rules';
import { Unavailable } from '../../domain/shared/domain-error';
import type { Database } from './database';

/** Desired states in PostgreSQL. */
export class PgDesiredStates implements DesiredStates {
  constructor(private readonly database: Database) {}

  async all(): Promise<ReadonlyMap<string, Desired>> {
    const sql = 'SELECT camera_id, desired FROM camera_desired_states';
    const rows = await this.database.query<{ camera_id: string; desired: Desired }>(sql, []);
    return new Map(rows.map(({ camera_id, desired }) => [camera_id, desired]));
  }

  async set(cameraId: string, desired: Desired): Promise<void> {
    await this.database.execute(
      `INSERT INTO camera_desired_states (camera_id, desired) VALUES ($1, $2)
       ON CONFLICT (camera_id) DO UPDATE SET desired = excluded.desired, changed_at = now()`,
      [cameraId, desired],
    );
  }
}

/** Answers are notified; this interval is for lost notifications. */
const LOOK_MS = 500;
/** The controlling service is notified; if it does not take the request within this time, there is none. */
const TAKEN_WITHIN_MS = 3_000;
/** Longer than it takes to kill a worker that ignores signals. */
const ANSWERED_WITHIN_MS = 15_000;

/** Requests between the services of a site, as rows of a table: the request, when it was taken, its answer. */
export class PgControlRequests implements ControlRequestQueue {
  private readonly waiting = new Set<() => void>();
  private wakes = 0;

  constructor(
    private readonly database: Pick<Database, 'execute'>,
    private readonly log: Log,
    private readonly lookMs = LOOK_MS,
  ) {}

  async ask({ node, path, method, input }: ControlRequest): Promise<ControlAnswer> {
    const id = randomUUID();
    const { wakes } = this;
    await this.database.execute(
      'INSERT INTO camera_control_requests (id, path, method, input, node) VALUES ($1, $2, $3, $4, $5)',
      [id, path, method, JSON.stringify(input), node],
    );
    return this.answered(id, wakes).catch((error: unknown) => {
      throw error instanceof Unavailable && error.code === 'database.unavailable' ? interrupted(error) : error;
    });
  }

  /** Called when there are answers. */
  readonly wake = (): void => {
    this.wakes += 1;
    for (const look of this.waiting) look();
  };

  private async answered(id: string, wakes: number): Promise<ControlAnswer> {
    const asked = performance.now();
    for (let seen = wakes; ; ) {
      // A wake since the last read began: that read may have been too early.
      if (this.wakes === seen) await this.nextLook();
      seen = this.wakes;
      const waited = performance.now() - asked;
      const answer = await this.answerTo(id);
      if (answer) return answer;
      if (waited > TAKEN_WITHIN_MS && (await this.withdraw(id, 'AND taken_at IS NULL'))) throw nobody();
      if (waited > ANSWERED_WITHIN_MS) {
        await this.withdraw(id);
        throw silent();
      }
    }
  }

  private nextLook(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
        resolve();
      };
      const timer = setTimeout(look, this.lookMs);
      this.waiting.add(look);
    });
  }

  async take(
    to: { readonly node: string; readonly all: boolean },
    answer: (request: ControlRequest) => Promise<ControlAnswer>,
  ): Promise<void> {
    const taken = await this.database.execute<ControlRequest & { id: string }>(
      `UPDATE camera_control_requests SET taken_at = clock_timestamp()
       WHERE taken_at IS NULL AND (node = $1 OR (node IS NULL AND $2)) RETURNING id, node, path, method, input`,
      [to.node, to.all],
    );
    // Not one after the other: ending a worker may take seconds, in which the others are answered.
    for (const { id, ...request } of taken) void this.reply(id, answer(request));
  }

  private async reply(id: string, answer: Promise<ControlAnswer>): Promise<void> {
    try {
      const text = JSON.stringify(await answer);
      await this.database.execute('UPDATE camera_control_requests SET answer = $2 WHERE id = $1', [id, text]);
      await this.database.execute(
        `DELETE FROM camera_control_requests WHERE asked_at < now() - interval '1 minute'`,
        [],
      );
    } catch (error) {
      this.log.warn('another service could not be answered', { error });
    }
  }

  private async answerTo(id: string): Promise<ControlAnswer | undefined> {
    const sql = 'DELETE FROM camera_control_requests WHERE id = $1 AND answer IS NOT NULL RETURNING answer';
    const [row] = await this.database.execute<{ answer: ControlAnswer }>(sql, [id]);
    return row?.answer;
  }

  /** Whether the request was still there; if so, it can no longer be taken. */
  private async withdraw(id: string, only = ''): Promise<boolean> {
    const rows = await this.database.execute(`DELETE FROM camera_control_requests WHERE id = $1 ${only} RETURNING id`, [
      id,
    ]);
    return rows.length > 0;
  }
}

const nobody = () =>
  new Unavailable(
    'camera_control.elsewhere',
    'The control of the cameras is just changing hands: try again.',
    'not-started',
  );

/** Whatever the error of the read: the request was sent, and may be carried out. */
const interrupted = (cause: Unavailable) =>
  new Unavailable(
    cause.code,
    'The database went away while the service that controls the cameras was asked: look before you try again.',
    'unknown',
    cause,
  );

const silent = () =>
  new Unavailable(
    'camera_control.silent',
    'The service that controls the cameras took the request and did not answer.',
    'unknown',
  );
