import type { Json, JsonObject } from '../../domain/shared/json';

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
  readonly requestBody?: { readonly content: Readonly<Record<string, ContentView>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Readonly<Record<string, ContentView>> }>
  >;
}

export interface RouteView {
  readonly verb: string;
  readonly path: string;
  readonly operation: OperationView;
}

/** The operations of an OpenAPI document that `openApi` made. */
export const routesOf = ({ paths }: JsonObject): readonly RouteView[] =>
  Object.entries(paths as unknown as Record<string, Record<string, OperationView>>).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ verb: verb.toUpperCase(), path, operation })),
  );
