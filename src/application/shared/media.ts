/**
 * An answer that is not JSON: a picture, a file, or a stream that is sent while it is made. A stream gives at least one
 * chunk, at once where it can: the head of the answer waits for it, so that an earlier failure can still be reported.
 * Its `return` is called when the client has left; it has to complete a `next` that waits.
 */
export class Media {
  constructor(
    /** Content type, e.g. `image/jpeg`. */
    readonly type: string,
    readonly body: Uint8Array | AsyncIterable<Uint8Array | string>,
    /** Further headers of the answer. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}
