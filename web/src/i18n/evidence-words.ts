import type { RolloutMissing } from '../api/generated';
import { useFormat } from './format';
import { dictionary, useWords } from './language';

/** What a stage of a rollout still needs: on the first page and in the console. */
const words = dictionary(
  {
    what: {
      bake: 'time at this stage',
      calls: 'calls',
      error_proof: 'calls that prove few failures',
      latency: 'calls to compare times',
      comparisons: 'answers compared',
      share: 'calls that show the share',
      instances: 'instances at this revision',
      approval: 'approval by a person',
    },
    of: (have: string, need: string) => `${have} of ${need}`,
  },
  {
    what: {
      bake: '本阶段时间',
      calls: '调用次数',
      error_proof: '证明失败率低的调用',
      latency: '比较用时的调用',
      comparisons: '已比较的应答',
      share: '证明比例的调用',
      instances: '已更新的实例',
      approval: '人工批准',
    },
    of: (have, need) => `${have} / ${need}`,
  },
);

/** What is missing, how much of it is there, and how much it takes; a time is written as a time. */
export function useMissingText() {
  const t = useWords(words);
  const format = useFormat();
  const nameOf = ({ what }: RolloutMissing): string => t.what[what as keyof typeof t.what] ?? what;
  const amountOf = ({ what, have, need }: RolloutMissing): string => {
    const text = what === 'bake' ? format.duration : (value: number) => format.number(value);
    return t.of(text(have), text(need));
  };
  return { nameOf, amountOf, textOf: (missing: RolloutMissing) => `${nameOf(missing)} ${amountOf(missing)}` };
}
