import path from 'node:path';
import { type NetworkSource, splitAddress } from './network-source';
import { SourceFailure } from './source-failure';

export type CameraSource =
  | { readonly kind: 'device'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'test'; readonly size: string; readonly rate: number }
  | NetworkSource;

/** Size of ffmpeg's own buffers; it cuts longer addresses off without a message. */
const MAX_LENGTH = 2_000;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

const refused = (why: string) => new SourceFailure('not-a-video', why);

/**
 * Reads `CAMERA_SOURCE`. Only these kinds exist: whatever else ffmpeg could open (`concat:`, `file:`, `pipe:` …) is no
 * camera, but a way to read files of this machine.
 * @throws SourceFailure
 */
export function readSource(text: string): CameraSource {
  const source = text.trim();
  if (source === '') throw refused('the source is empty');
  if (source.length > MAX_LENGTH) throw refused(`the source has over ${MAX_LENGTH} characters`);
  if (/[\0-\x1f\x7f]/.test(source)) throw refused('the source contains control characters');
  if (/^\d{1,3}$/.test(source)) return { kind: 'device', path: `/dev/video${source}` };
  if (/^\/dev\/video\d{1,3}$/.test(source)) return { kind: 'device', path: source };
  const scheme = SCHEME.exec(source)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return { kind: 'file', path: path.resolve(source) };
    case 'rtsp':
    case 'rtsps':
    case 'http':
    case 'https':
      return splitAddress(scheme, source);
    case 'testsrc':
      return readTestSource(source);
    default:
      throw refused(`the source is of an unknown kind, "${scheme}:"`);
  }
}

const TEST_SOURCE = /^testsrc:?(?:size=(\d{2,4})x(\d{2,4}))?,?(?:rate=(\d{1,2}))?$/i;

function readTestSource(source: string): CameraSource {
  const parts = TEST_SOURCE.exec(source);
  const [, width = '640', height = '360', rate = '10'] = parts ?? [];
  const fits = [width, height].every((side) => Number(side) >= 64 && Number(side) <= 3_840) && Number(rate) >= 1;
  if (!parts || !fits) throw refused('a test source looks like testsrc:size=640x360,rate=10');
  return { kind: 'test', size: `${width}x${height}`, rate: Number(rate) };
}
