/** Cuts a stream of raw frames, all of one size, into frames. */
export class FrameSplitter {
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly size: number,
    private readonly pass: (frame: Buffer) => void,
  ) {}

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= this.size) {
      this.pass(this.rest.subarray(0, this.size));
      this.rest = this.rest.subarray(this.size);
    }
  }
}
