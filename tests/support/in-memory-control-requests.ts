import type {
  ControlAnswer,
  ControlRequest,
  ControlRequestQueue,
} from '../../src/application/camera-control/control-relay';
import type { Timers } from '../../src/application/camera-control/worker-host';
import { Unavailable } from '../../src/domain/shared/domain-error';

const TAKEN_WITHIN_MS = 3_000;
const ANSWERED_WITHIN_MS = 15_000;

interface Question {
  readonly request: ControlRequest;
  readonly answer: (answer: ControlAnswer) => void;
}

/** The line between the services of a site without a database. */
export class InMemoryControlRequests implements ControlRequestQueue {
  private readonly asked = new Set<Question>();

  constructor(private readonly timers: Timers) {}

  ask(request: ControlRequest): Promise<ControlAnswer> {
    return new Promise((resolve, reject) => {
      const question: Question = {
        request,
        answer: (answer) => {
          notTaken();
          notAnswered();
          resolve(answer);
        },
      };
      const notTaken = this.timers.after(TAKEN_WITHIN_MS, () => {
        if (!this.asked.delete(question)) return;
        notAnswered();
        reject(new Unavailable('camera_control.elsewhere', 'Nobody controls the cameras.', 'not-started'));
      });
      const notAnswered = this.timers.after(ANSWERED_WITHIN_MS, () =>
        reject(new Unavailable('camera_control.silent', 'There was no answer.', 'unknown')),
      );
      this.asked.add(question);
    });
  }

  async take(
    to: { readonly node: string; readonly all: boolean },
    answer: (request: ControlRequest) => Promise<ControlAnswer>,
  ): Promise<void> {
    for (const question of this.asked) {
      const { node } = question.request;
      if (node === null ? !to.all : node !== to.node) continue;
      this.asked.delete(question);
      // From one process to another as text.
      const text = JSON.parse(JSON.stringify(question.request)) as ControlRequest;
      void answer(text).then((given) => question.answer(JSON.parse(JSON.stringify(given)) as ControlAnswer));
    }
  }
}
