import { dictionary } from '../../i18n/language';

export const words = dictionary(
  {
    title: 'Cameras',
    search: 'Search by id or name',
    add: 'Add a camera',
    filter: 'State',
    all: (n: string) => `all ${n}`,
    problem: (n: string) => `with a problem ${n}`,
    running: (n: string) => `running ${n}`,
    stopped: (n: string) => `stopped ${n}`,
    none: 'No camera is configured yet.',
    noneFound: 'No camera of that name or state.',
    since: 'for',
    restarts: (n: number) => (n === 1 ? '1 restart' : `${n} restarts`),
    wanted: 'wanted: running',
  },
  {
    title: '摄像头',
    search: '按编号或名称搜索',
    add: '添加摄像头',
    filter: '状态',
    all: (n) => `全部 ${n}`,
    problem: (n) => `有问题 ${n}`,
    running: (n) => `运行中 ${n}`,
    stopped: (n) => `已停止 ${n}`,
    none: '还没有配置摄像头。',
    noneFound: '没有符合名称或状态的摄像头。',
    since: '已',
    restarts: (n) => `重启 ${n} 次`,
    wanted: '期望：运行',
  },
);
