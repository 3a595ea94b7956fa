import { FrameSplitter, JpegSplitter } from '../../../src/infrastructure/ffmpeg/splitters';

/** A picture whose tables and data hold what could be taken for its end. */
const jpeg = (data: readonly number[]) =>
  Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0, 4, 0xff, 0xd9, 0xff, 0xda, 0, 3, 1, ...data, 0xff, 0, 0xd9, 0xff, 0xd9]);

describe('a stream of JPEG pictures', () => {
  it.each([1, 2, 3, 7, 100])('is cut into pictures, whatever its pieces (%i bytes)', (size) => {
    const pictures = [jpeg([1, 2, 3]), jpeg([]), jpeg([0xff, 0, 9])];
    const stream = Buffer.concat([Buffer.from('noise'), ...pictures]);
    const found: Buffer[] = [];
    const splitter = new JpegSplitter((picture) => found.push(picture));
    for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
    expect(found).toEqual(pictures);
  });
});

describe('a stream of raw frames', () => {
  it.each([1, 3, 4, 10])('is cut into frames, whatever its pieces (%i bytes)', (size) => {
    const stream = Buffer.from('aaaabbbbcccc..');
    const found: string[] = [];
    const splitter = new FrameSplitter(4, (frame) => found.push(frame.toString()));
    for (let at = 0; at < stream.length; at += size) splitter.push(stream.subarray(at, at + size));
    expect(found).toEqual(['aaaa', 'bbbb', 'cccc']);
  });
});
