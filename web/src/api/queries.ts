import {
  QueryClient,
  type UseQueryResult,
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { live } from '../live/connection';
import type { Topic } from '../live/topics';
import { useStore } from './store';
import { type AnswerOf, type InputOf, type OperationId, call } from './client';
import { isProblem } from './problem';

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { readonly topic?: Topic };
  }
}

const GIVE_UP_AFTER = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What the service refused it refuses again; what did not answer may answer.
      retry: (failures, error) => failures < GIVE_UP_AFTER && !isProblem(error),
      networkMode: 'always',
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always' },
  },
});

interface Following {
  /** Asked again when this topic changes; while the socket is down, every few seconds. */
  readonly topic?: Topic;
  /** Also asked again after this time. */
  readonly everyMs?: number;
  readonly enabled?: boolean;
  /** Keep the last answer on the screen while another one is asked for. */
  readonly keep?: boolean;
}

const POLL_MS = 4_000;

/** The answer of a reading operation, kept fresh by the live socket or, without it, by asking again. */
export function useCall<K extends OperationId>(
  id: K,
  input: InputOf<K>,
  following: Following = {},
): UseQueryResult<AnswerOf<K>> {
  const link = useStore(live.status);
  const { topic, everyMs, enabled = true, keep = false } = following;
  const polled = topic !== undefined && link.state !== 'live' ? POLL_MS : undefined;
  return useQuery<AnswerOf<K>>({
    queryKey: [id, input],
    queryFn: ({ signal }) => call(id, input, { signal }),
    enabled,
    refetchInterval: everyMs ?? polled ?? false,
    ...(topic === undefined ? {} : { meta: { topic } }),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}

/** An operation that changes something; what it changes is read again. */
export function useChange<K extends OperationId>(id: K, changed: readonly string[]) {
  const client = useQueryClient();
  return useMutation<AnswerOf<K>, Error, InputOf<K> & { readonly ifMatch?: string }>({
    mutationFn: ({ ifMatch, ...input }) =>
      call(id, input as unknown as InputOf<K>, ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
    // Not waited for: what the caller does next must not come after what is shown has changed already.
    onSettled: () =>
      void client.invalidateQueries({
        predicate: ({ queryKey }) => changed.some((prefix) => String(queryKey[0]).startsWith(prefix)),
      }),
  });
}
