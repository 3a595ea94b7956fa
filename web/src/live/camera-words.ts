import { dictionary } from '../i18n/language';

/** What a reason means and what to do about it; the codes are those of docs/worker.md. */
const REASONS_EN: Readonly<Record<string, string>> = {
  auth_failed: 'the camera refuses the user or the password: check them under Settings',
  not_found: 'the camera has no such stream: check the path of the address',
  unreachable: 'the camera does not answer: is it on, is its cable in, is the address right?',
  unresolvable: 'nobody knows this host name: check the address',
  not_a_video: 'the source is no video: check the address or the file',
  ended: 'the stream broke off',
  no_frames: 'the process gives no pictures: the camera may hang, see the log',
  no_first_frame: 'the camera answers but gives no first picture: see the log',
  frozen: 'the picture stands still',
  low_fps: 'fewer pictures a second than wanted: see the network and the load',
  crashed: 'the detection process crashed: see the log',
  crash_loop: 'the detection process crashes again and again: see the log',
  spawn_failed: 'the detection process could not be started: see System',
};

const REASONS_ZH: Readonly<Record<string, string>> = {
  auth_failed: '摄像头拒绝了用户名或密码：请在“设置”中检查',
  not_found: '摄像头没有这个流：请检查地址中的路径',
  unreachable: '摄像头没有应答：是否通电、网线是否插好、地址是否正确？',
  unresolvable: '无法解析主机名：请检查地址',
  not_a_video: '视频源不是视频：请检查地址或文件',
  ended: '视频流中断',
  no_frames: '进程没有画面：摄像头可能卡死，请看日志',
  no_first_frame: '摄像头有应答，但没有第一帧画面：请看日志',
  frozen: '画面静止不动',
  low_fps: '帧率低于期望：请检查网络和负载',
  crashed: '检测进程崩溃：请看日志',
  crash_loop: '检测进程反复崩溃：请看日志',
  spawn_failed: '无法启动检测进程：请看“系统”',
};

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
    reasonText: (code: string) => REASONS_EN[code] ?? code,
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
    reasonText: (code) => REASONS_ZH[code] ?? code,
    start: '启动',
    stop: '停止',
    restart: '重启',
    started: (id) => `${id}：正在启动。`,
    stopped: (id) => `${id}：已停止。`,
  },
);
