import { useBlocked } from '../../api/allowed';
import type { SiteNode } from '../../api/generated';
import { useCall, useChange } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { NumberCell, Panel, Table } from '../../ui/panel';
import { ProblemNote, useProblemText } from '../../ui/problem';
import { Age, type Severity, State } from '../../ui/state';
import { say } from '../../ui/toast';
import { words } from './words';

const STATES: Readonly<Record<SiteNode['state'], Severity>> = {
  live: 'normal',
  silent: 'high',
  lost: 'high',
  left: 'stopped',
};

/** The machines of the site and their cameras; one machine alone is not worth a table. */
export function Nodes() {
  const t = useWords(words);
  const { data, error } = useCall('nodes.list', {}, { everyMs: 5_000 });
  if (error && !data) return <ProblemNote error={error} />;
  if (!data || data.nodes.length < 2) return null;
  return (
    <Panel title={t.nodes} flush>
      <Table
        label={t.nodes}
        head={[t.host, t.state, t.cameras, t.capacity, t.labels, t.heartbeat, t.version, '']}
        numbers={[2, 3]}
      >
        {data.nodes.map((node) => (
          <Row key={node.id} node={node} />
        ))}
      </Table>
    </Panel>
  );
}

function Row({ node }: { readonly node: SiteNode }) {
  const t = useWords(words);
  const format = useFormat();
  const { state, draining, cameras, wanted } = node;
  return (
    <tr>
      <td>
        {node.id} <span className={`${layout.muted} ${layout.small}`}>{node.name}</span>
      </td>
      <td>
        <State of={draining ? 'medium' : STATES[state]}>{draining ? t.draining : t.nodeState[state]}</State>
      </td>
      <NumberCell>
        {cameras === wanted ? format.number(cameras) : t.ofWanted(format.number(cameras), format.number(wanted))}
      </NumberCell>
      <NumberCell>{node.capacity === 0 ? t.requestsOnly : format.number(node.capacity)}</NumberCell>
      <td>{node.labels.join(', ')}</td>
      <td>
        <Age at={node.heartbeat_at} />
      </td>
      <td>{node.version}</td>
      <td>{state === 'live' && node.capacity > 0 ? <Drain node={node} /> : null}</td>
    </tr>
  );
}

/** Before a machine is switched off: its cameras move to the others, without a gap. */
function Drain({ node: { id, draining } }: { readonly node: SiteNode }) {
  const t = useWords(words);
  const textOf = useProblemText();
  const drain = useChange('nodes.drain', ['nodes']);
  const blocked = useBlocked('nodes.drain');
  const change = () =>
    drain.mutate({ id, body: { draining: !draining } }, { onError: (error) => say(textOf(error), 'critical') });
  return (
    <Button kind="quiet" blocked={blocked} isPending={drain.isPending} onPress={change}>
      {draining ? t.undrain : t.drain}
    </Button>
  );
}
