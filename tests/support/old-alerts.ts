type Answer = readonly [status: number, body: unknown];
type Item = Readonly<Record<string, unknown>>;

const UPDATABLE = [
  'name',
  'camera_id',
  'rule_type',
  'conditions',
  'notification_channels',
  'recipients',
  'enabled',
  'priority',
];
const naive = (seconds: number): string =>
  new Date(Date.UTC(2025, 9, 20, 9) + seconds * 1_000).toISOString().replace('Z', '533');

/** Rules and history as the old backend keeps them on its legacy path: nothing is checked, nothing is paged. */
export class OldAlerts {
  readonly rules: Item[] = [];
  readonly history: Item[] = [];
  private seconds = 0;

  answer(method: string, path: string, query: URLSearchParams, body: Item): Answer {
    if (path === '/history-db' && method === 'GET') return this.told(query);
    if (path === '/rules' && method === 'GET') return [200, { count: this.rules.length, items: this.listed() }];
    if (path === '/rules' && method === 'POST') return this.create(body);
    const id = /^\/rules\/(\d+)$/.exec(path)?.[1];
    if (id === undefined) return [404, { detail: 'Not Found' }];
    return method === 'PUT' ? this.update(Number(id), body) : [405, { detail: 'Method Not Allowed' }];
  }

  private listed(): Item[] {
    return [...this.rules].sort((a, b) => (String(a.updated_at) < String(b.updated_at) ? 1 : -1));
  }

  private create(body: Item): Answer {
    const missing = ['name', 'rule_type', 'conditions'].find((name) => !(name in body));
    if (missing) return [400, { detail: `缺少必填字段: ${missing}` }];
    const at = naive(this.seconds++);
    const id = this.rules.length + 1;
    const { name, rule_type, camera_id = null } = body;
    this.rules.push({
      id,
      name,
      camera_id,
      rule_type,
      conditions: body.conditions || {},
      notification_channels: body.notification_channels ?? [],
      recipients: body.recipients ?? [],
      enabled: body.enabled ?? true,
      priority: body.priority ?? 'medium',
      created_at: at,
      updated_at: at,
    });
    return [200, { ok: true, id }];
  }

  private update(id: number, body: Item): Answer {
    const at = this.rules.findIndex((rule) => rule.id === id);
    const changes = Object.entries(body).filter(([name]) => UPDATABLE.includes(name));
    if (at >= 0 && changes.length > 0)
      this.rules[at] = { ...this.rules[at], ...Object.fromEntries(changes), updated_at: naive(this.seconds++) };
    return [200, { ok: true }];
  }

  private told(query: URLSearchParams): Answer {
    const fits = (item: Item, name: string) => query.get(name) === null || item[name] === query.get(name);
    const items = this.history
      .filter((item) => fits(item, 'camera_id') && fits(item, 'alert_type'))
      .sort((a, b) => (String(a.timestamp) < String(b.timestamp) ? 1 : -1))
      .slice(0, Number(query.get('limit') ?? 100));
    return [200, { count: items.length, items }];
  }
}
