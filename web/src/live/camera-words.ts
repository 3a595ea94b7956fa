import { dictionary } from '../i18n/language';

/** States of a camera, for every page that shows one. */
export const cameraWords = dictionary(
  {
    state: {
      stopped: 'stopped',
      starting: 'starting',
      running: 'running',
      degraded: 'degraded',
      stalled: 'no picture',
      backoff: 'waiting to try again',
      failed: 'failed',
      stopping: 'stopping',
    },
    fps: (fps: string, expected: string) => `${fps} of ${expected} fps`,
    late: (age: string) => `picture ${age} old`,
    start: 'Start',
    stop: 'Stop',
    restart: 'Restart',
    started: (id: string) => `${id}: starting.`,
    stopped: (id: string) => `${id}: stopped.`,
  },
  {
    state: {
      stopped: '已停止',
      starting: '启动中',
      running: '运行中',
      degraded: '降级运行',
      stalled: '无画面',
      backoff: '等待重试',
      failed: '失败',
      stopping: '停止中',
    },
    fps: (fps, expected) => `${fps} / ${expected} 帧/秒`,
    late: (age) => `画面已有 ${age}`,
    start: '启动',
    stop: '停止',
    restart: '重启',
    started: (id) => `${id}：正在启动。`,
    stopped: (id) => `${id}：已停止。`,
  },
);
