import { execFileSync } from 'node:child_process';
import { locateFfmpeg } from '../../src/infrastructure/ffmpeg/ffmpeg-build';

/** Where a person is: the second, and the left upper corner of its rectangle of 48 × 96 in a picture of 640 × 384. */
export type Stop = readonly [second: number, x: number, y?: number];

/** Pictures a second. */
export const FILM_RATE = 12;
const AWAY = -200;
const LEVEL = 150;

/** A number that changes evenly from stop to stop, as ffmpeg computes it for each picture. */
function along(stops: readonly Stop[], value: (stop: Stop) => number): string {
  const parts = stops.slice(1).map((to, i) => {
    const from = stops[i]!;
    const [a, b] = [value(from), value(to)];
    return `if(lt(t,${to[0]}),${a}+(${b - a})*(t-${from[0]})/${to[0] - from[0]}`;
  });
  return `if(lt(t,${stops[0]![0]}),${AWAY},${parts.join(',')},${AWAY}${')'.repeat(parts.length)})`;
}

/** A film of gray ground on which red rectangles walk; `posts`: gray strips before them, by their left edge and width. */
export function drawFilm(
  file: string,
  seconds: number,
  people: readonly (readonly Stop[])[],
  posts: readonly (readonly [x: number, width: number])[] = [],
): void {
  const ground = (size: string, colour: string) => `color=c=${colour}:s=${size}:r=${FILM_RATE}:d=${seconds}`;
  const inputs = [
    ground('640x384', '0x505050'),
    ...people.map(() => ground('48x96', 'red')),
    ...posts.map(([, width]) => ground(`${width}x384`, '0x404040')),
  ];
  const places = [
    ...people.map((stops) => [along(stops, ([, x]) => x), along(stops, ([, , y = LEVEL]) => y)]),
    ...posts.map(([x]) => [String(x), '0']),
  ];
  const chain = places.map(([x, y], i) => {
    const before = i === 0 ? '[0]' : `[v${i}]`;
    return `${before}[${i + 1}]overlay=x='${x}':y='${y}':eval=frame[v${i + 1}]`;
  });
  const args = inputs.flatMap((input) => ['-f', 'lavfi', '-i', input]);
  const graph = chain.length > 0 ? ['-filter_complex', chain.join(';'), '-map', `[v${chain.length}]`] : [];
  const output = ['-t', String(seconds), '-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p', '-y', file];
  execFileSync(locateFfmpeg(process.env), ['-nostdin', '-loglevel', 'error', ...args, ...graph, ...output]);
}

const strip = (from: number, to: number, top = 0) => [
  [from, top],
  [to, top],
  [to, 384],
  [from, 384],
];

/** A place to wash, one to dry in the lower half, and one to work, from left to right. */
const HYGIENE = {
  meta: { canvas_size: { width: 640, height: 384 } },
  regions: [
    { region_id: 'sink', region_type: 'handwash', polygon: strip(130, 250), rules: { min_duration: 2 } },
    { region_id: 'dryer', region_type: 'sanitize', polygon: strip(290, 390, 280) },
    {
      region_id: 'line',
      region_type: 'work_area',
      polygon: strip(440, 640),
      rules: { required_behaviors: ['handwash'] },
    },
  ],
};

/** A room with a machine that nobody may come near, in which two persons may be. */
export const ROOM = {
  meta: { canvas_size: { width: 640, height: 384 } },
  regions: [
    { region_id: 'machine', region_type: 'restricted', polygon: strip(440, 640) },
    { region_id: 'room', region_type: 'monitoring', polygon: strip(0, 640), rules: { max_occupancy: 2 } },
  ],
};

/** Films with their regions and what must be found in them: rule, outcome, region and second. */
export const FILMS: readonly {
  readonly name: string;
  readonly seconds: number;
  readonly people: readonly (readonly Stop[])[];
  readonly posts?: readonly (readonly [number, number])[];
  readonly regions: object;
  readonly found: readonly (readonly [what: string, second: number])[];
}[] = [
  {
    name: 'wash, dry, work',
    seconds: 17,
    people: [
      [
        [0, -40],
        [3, 170],
        [7, 170],
        [9, 310, 220],
        [11, 310, 220],
        [13, 480],
        [16, 480],
      ],
    ],
    regions: HYGIENE,
    found: [
      ['too_short held sink', 7.8],
      ['order held line', 12.6],
      ['drying held line', 12.6],
    ],
  },
  {
    name: 'skipped drying',
    seconds: 15,
    people: [
      [
        [0, -40],
        [3, 170],
        [7, 170],
        [11, 480],
        [14, 480],
      ],
    ],
    regions: HYGIENE,
    found: [
      ['too_short held sink', 7.7],
      ['order held line', 10.2],
      ['drying broken line', 10.2],
    ],
  },
  {
    name: 'too short at the sink',
    seconds: 10,
    people: [
      [
        [0, -40],
        [2, 140],
        [3, 140],
        [4, 40],
        [9, 40],
      ],
    ],
    regions: HYGIENE,
    found: [['too_short broken sink', 3.3]],
  },
  {
    name: 'restricted, and too many',
    seconds: 14,
    people: [
      [
        [0, 60],
        [13, 60],
      ],
      [
        [0, 200],
        [13, 200],
      ],
      [
        [4, 700],
        [7, 480],
        [9, 480],
        [12, 700],
      ],
    ],
    regions: ROOM,
    found: [
      ['restricted broken machine', 5.2],
      // Its second look is at 5.4; being in a zone takes 0.4 s, and too many a second more.
      ['too_many broken room', 6.8],
    ],
  },
  {
    name: 'lost behind a post',
    seconds: 9,
    people: [
      [
        [0, -40],
        [2, 140],
        [3, 140],
        [4, 200],
        [8, 200],
      ],
    ],
    posts: [[190, 70]],
    regions: HYGIENE,
    found: [['too_short unknown sink', 3.3]],
  },
];
