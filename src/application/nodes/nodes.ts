import { DomainError } from '../../domain/shared/domain-error';

/** What a node says of itself when it joins. */
export interface JoiningNode {
  readonly id: string;
  /** For people: host and process. */
  readonly name: string;
  /** Identity of its data folder: two copies of a folder have the same id. */
  readonly place: string;
  readonly version: string;
  /** How many cameras it should have; 0: none. */
  readonly capacity: number;
  readonly labels: readonly string[];
}

export interface Renewal {
  /** Whether the node is one of the site; if not, it has lost its cameras. */
  readonly alive: boolean;
  /** Whether it holds every camera, without rows. */
  readonly alone: boolean;
  /** Whether there are other nodes that could take its cameras. */
  readonly others: boolean;
  /** Whether it is time to look at all nodes. */
  readonly due: boolean;
}

/** A camera that a node has. */
export interface Held {
  readonly cameraId: string;
  readonly token: string;
  /** Whether it should have it. */
  readonly wished: boolean;
}

/** A node as people see it. */
export interface ListedNode {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly capacity: number;
  readonly labels: readonly string[];
  readonly draining: boolean;
  readonly state: 'live' | 'silent' | 'lost' | 'left';
  readonly joined_at: string;
  readonly heartbeat_at: string;
  /** Cameras that it has. */
  readonly cameras: number;
  /** Cameras that it should have. */
  readonly wanted: number;
}

/** The nodes of the site, and who has which camera. */
export interface NodeStore {
  /** Answers whether it is alone. Throws where another folder with this id is in use. */
  join(me: JoiningNode): Promise<boolean>;
  renew(id: string): Promise<Renewal>;
  /** The node is not alone any more: what it holds becomes rows, before anybody else can take it. */
  share(id: string): Promise<void>;
  /** Takes what the node should have and no node has; answers all that it has. */
  claim(id: string): Promise<readonly Held[]>;
  /** Gives back what it had under these tokens. */
  release(id: string, tokens: readonly string[]): Promise<void>;
  /** Looks at all nodes, if no other does at this moment: which are lost, and where cameras should be. */
  look(): Promise<void>;
  /** Gives back everything: all workers have ended. */
  leave(id: string): Promise<void>;
  list(): Promise<readonly ListedNode[]>;
  /** Answers whether there is such a node. */
  drain(id: string, draining: boolean): Promise<boolean>;
  /** Which node has each camera; null while it changes; empty while one node has all. */
  holders(): Promise<ReadonlyMap<string, string | null>>;
}

export interface DrainInput {
  readonly id: string;
  /** False: the node takes cameras again. */
  readonly draining: boolean;
}

/** The nodes of the site, for people. */
export class NodeService {
  constructor(private readonly nodes: Pick<NodeStore, 'list' | 'drain'>) {}

  async list(): Promise<{ nodes: readonly ListedNode[] }> {
    return { nodes: await this.nodes.list() };
  }

  /** Throws `node.not_found`. */
  async drain({ id, draining }: DrainInput): Promise<{ ok: true; id: string; draining: boolean }> {
    if (await this.nodes.drain(id, draining)) return { ok: true, id, draining };
    throw new DomainError('node.not_found', `There is no node "${id}".`, { params: { id } });
  }
}
