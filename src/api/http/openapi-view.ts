import { type Json, type JsonObject, isJsonObject } from '../../domain/shared/json';

interface Shown {
  readonly value?: Json;
  readonly summary?: string;
}

export interface ContentView {
  readonly schema: JsonObject;
  readonly examples?: Readonly<Record<string, Shown>>;
  /** JSON pointers with `*`. */
  readonly 'x-varies'?: readonly string[];
}

export interface ParameterView {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: JsonObject;
  readonly description?: string;
  readonly examples?: Readonly<Record<string, Shown>>;
}

/** An operation, as the OpenAPI document of this service describes it. */
export interface OperationView {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly 'x-role': string;
  readonly parameters: readonly ParameterView[];
  /** The request of the example `refused`, kept apart from the valid examples. */
  readonly 'x-refused-request'?: {
    readonly parameters: Readonly<Record<string, Json>>;
    readonly body?: Json;
  };
  readonly requestBody?: { readonly content: Readonly<Record<string, ContentView>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Readonly<Record<string, ContentView>> }>
  >;
}

export interface RouteView {
  readonly verb: string;
  readonly path: string;
  readonly operation: OperationView;
}

export interface MessageView {
  readonly summary: string;
  readonly schema: JsonObject;
  readonly example: Json;
}

/** A web socket, which the document describes apart from the operations. */
export interface SocketView {
  readonly summary: string;
  readonly description: string;
  readonly 'x-role': string;
  readonly parameters: readonly ParameterView[];
  readonly receives: readonly MessageView[];
  readonly sends: readonly MessageView[];
}

/** The operations of an OpenAPI document that `openApi` made. */
export const routesOf = (document: JsonObject): readonly RouteView[] =>
  Object.entries(resolved(document, 'paths') as Record<string, Record<string, OperationView>>).flatMap(
    ([path, verbs]) =>
      Object.entries(verbs).map(([verb, operation]) => ({ verb: verb.toUpperCase(), path, operation })),
  );

export const socketsOf = (document: JsonObject): readonly (readonly [string, SocketView])[] =>
  Object.entries(resolved(document, 'x-websockets') as Record<string, SocketView>);

/** A part of a document with its references resolved; no schema here refers to itself. */
function resolved(document: JsonObject, part: string): unknown {
  const look = (pointer: string): Json =>
    pointer
      .split('/')
      .slice(1)
      .reduce((at: Json, name) => (Object(at) as JsonObject)[name] ?? null, document);
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isJsonObject(value)) return value;
    const { $ref, ...rest } = value;
    const members = Object.fromEntries(Object.entries(rest).map(([name, member]) => [name, walk(member)]));
    return typeof $ref === 'string' ? { ...(walk(look($ref)) as JsonObject), ...members } : members;
  };
  return walk(document[part] ?? {});
}
