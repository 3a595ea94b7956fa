import { EMPTY_SCENE, type RgbPicture, type Scene, glance, see } from '../../../src/domain/detection/scene';
import { person } from './people';

/** A gray picture with a white square: its left upper corner and side in pixels. */
function picture(x = 0, side = 0): RgbPicture {
  const [width, height] = [640, 384];
  const rgb = new Uint8Array(width * height * 3).fill(90);
  for (let row = 100; row < 100 + side; row += 1) rgb.fill(255, (row * width + x) * 3, (row * width + x + side) * 3);
  return { width, height, rgb };
}

function looks(pictures: readonly RgbPicture[], first: Scene = EMPTY_SCENE): boolean[] {
  let scene = first;
  return pictures.map((each, i) => {
    const step = glance(scene, each, i / 3);
    scene = step.isWorthALook ? { ...step.scene, lookedAt: i / 3 } : step.scene;
    return step.isWorthALook;
  });
}

describe('the motion gate', () => {
  it('looks at a calm picture every ten seconds', () => {
    const calm = looks(Array.from({ length: 93 }, () => picture()));
    expect(calm.flatMap((look, i) => (look ? [i / 3] : []))).toEqual([0, 10, 20, 30]);
  });

  it('looks while something moves, and three seconds longer', () => {
    const moving = looks(Array.from({ length: 30 }, (_, i) => (i === 6 ? picture(200, 20) : picture())));
    // The square comes in the picture of the second 2 and is gone in the next one.
    expect(moving.flatMap((look, i) => (look ? [i] : []))).toEqual([0, ...Array.from({ length: 11 }, (_, i) => 6 + i)]);
  });

  it('is woken by a person of a twentieth of the height, not by a single spot', () => {
    expect(looks([picture(), picture(200, 19)])[1]).toBe(true);
    expect(looks([picture(), picture(202, 2)])[1]).toBe(false);
  });

  it('stays awake while somebody is there who does not move', () => {
    let scene: Scene = EMPTY_SCENE;
    for (let i = 0; i < 60; i += 1) {
      const step = glance(scene, picture(), i / 3);
      expect(step.isWorthALook).toBe(i !== 0 ? true : step.isWorthALook);
      scene = see(step.scene, [person(0.4)], i / 3, []).scene;
    }
  });
});
