import type { DrainInput, ListedNode, NodeService } from '../../application/nodes/nodes';
import { unknown } from '../http/example';
import { Flag, ListOf, NoInputDto, Text } from '../http/fields';
import { operations } from '../http/operation';
import { all, count, listOf, named, text } from '../http/schemas';

const time = { type: 'string', format: 'date-time' };
const node = () =>
  named(
    'SiteNode',
    all({
      id: text,
      name: { ...text, description: 'host and process' },
      version: text,
      capacity: { ...count, description: 'cameras that it should have; 0: it answers requests only' },
      labels: listOf(text),
      draining: { type: 'boolean' },
      state: { type: 'string', enum: ['live', 'silent', 'lost', 'left'] },
      joined_at: time,
      heartbeat_at: time,
      cameras: { ...count, description: 'cameras that it has' },
      wanted: { ...count, description: 'cameras that it should have' },
    }),
  );

class SiteNodesDto {
  @ListOf(node, { about: 'ended ones for a day' }) nodes: readonly ListedNode[];
}

class DrainNodeDto implements DrainInput {
  @Text({ min: 1, max: 200 }) id: string;
  @Flag({ default: true, about: 'false: the node takes cameras again' }) draining = true;
}

class DrainedDto {
  @Flag() ok: true;
  @Text() id: string;
  @Flag() draining: boolean;
}

export const nodeOperations = operations<NodeService>('nodes', {
  list: {
    http: 'GET /nodes',
    summary: 'The nodes of the site: their cameras, heartbeat and version',
    call: (nodes) => nodes.list(),
    input: NoInputDto,
    output: SiteNodesDto,
    example: {
      input: {},
      answer: {
        nodes: [
          {
            id: 'hall-a-3f9c2e',
            name: 'hall-a/4711',
            version: '0.1.0',
            capacity: 64,
            labels: ['gpu'],
            draining: false,
            state: 'live',
            joined_at: '2030-01-01T00:00:00.000Z',
            heartbeat_at: '2030-01-01T08:00:00.000Z',
            cameras: 4,
            wanted: 4,
          },
        ],
      },
      varies: ['/nodes'],
    },
  },
  drain: {
    http: 'POST /nodes/{id}/drain',
    summary: 'Move the cameras of a node to the others, two at a time, so that it can be stopped without a gap',
    call: (nodes, input) => nodes.drain(input),
    input: DrainNodeDto,
    output: DrainedDto,
    role: 'admin',
    example: {
      input: { id: 'hall-a-3f9c2e' },
      answer: { ok: true, id: 'hall-a-3f9c2e', draining: true },
      refused: unknown({ id: 'hall-z' }, 'node.not_found', 'There is no node "hall-z".'),
    },
  },
});
