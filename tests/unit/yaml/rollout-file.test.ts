import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolloutGroups } from '../../../src/api/catalogue';
import { readRolloutFile } from '../../../src/infrastructure/yaml/rollout-file';

const BAD = `# 计划
defaults:
  stages:
    - {percent: 50, bake: 1h}
    - {percent: 25, bake: soon}
groups:
  camera-config: {error_rate: 2}
  camera-konfig: {}
`;

describe('the rollout file', () => {
  it('as shipped has no fault and a plan for every group', () => {
    const text = readFileSync(join(__dirname, '../../../config/rollout.yaml'), 'utf8');
    const { plans, faults } = readRolloutFile(text, rolloutGroups);
    expect(faults).toEqual([]);
    expect(plans.map((p) => p.group)).toEqual([...rolloutGroups]);
  });

  it('names every fault with its line and column, and then has no plan', () => {
    const { plans, faults } = readRolloutFile(BAD, rolloutGroups);
    expect(plans).toEqual([]);
    expect(faults.map((f) => `${f.line}:${f.column} ${f.path} ${f.type}`)).toEqual([
      '4:5 defaults.stages order',
      '5:7 defaults.stages[1] order',
      '5:27 defaults.stages[1].bake type',
      '7:31 groups.camera-config.error_rate range',
      '8:18 groups.camera-konfig unknown_group',
    ]);
  });

  it('that is empty gives every group the default plan', () => {
    expect(readRolloutFile('', ['a', 'b']).plans.map((p) => [p.group, p.stages.length])).toEqual([
      ['a', 4],
      ['b', 4],
    ]);
  });

  it('that is no YAML says where', () => {
    expect(readRolloutFile('defaults: [', ['a']).faults).toEqual([
      expect.objectContaining({ type: 'syntax', line: 1 }),
    ]);
  });
});
