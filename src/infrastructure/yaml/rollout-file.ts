import type { ConfigFault } from '../../application/shared/config-file';
import { type GroupPlan, readPlans } from '../../domain/rollout/rollout-plan';
import { report } from './cameras-document';
import { type LocatedFault, NodeValues, nodeAt } from './located-node';
import { isBlank } from './text-lines';
import { parseYaml } from './yaml-document';

/** The plans in `config/rollout.yaml`, or every fault of it with its line and column. */
export function readRolloutFile(
  text: string,
  groups: readonly string[],
): { plans: GroupPlan[]; faults: ConfigFault[] } {
  if (isBlank(text)) return { plans: readPlans(null, groups).plans, faults: [] };
  const { root, faults } = parseYaml(text);
  if (!root || faults.length > 0) return { plans: [], faults: report(text, faults) };
  const values = new NodeValues();
  const { plans, faults: wrong } = readPlans(values.of(root).value, groups);
  const located = wrong.map(
    ({ path, type, message }): LocatedFault => ({
      at: nodeAt(root, path, values).start,
      path,
      type,
      message,
      severity: 'error',
    }),
  );
  return { plans, faults: report(text, located) };
}
