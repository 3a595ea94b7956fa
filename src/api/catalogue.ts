import { cameraConfigOperations } from './cameras/camera-config-operations';
import { cameraOperations } from './cameras/camera-operations';
import type { Operation } from './http/operation';

/** Every operation of the product, by context. */
export const catalogue = { cameras: cameraOperations, cameraConfig: cameraConfigOperations };

export const allOperations: readonly Operation[] = Object.values(catalogue).flatMap((rows) => Object.values(rows));

export const rolloutGroups: readonly string[] = [
  ...new Set(allOperations.filter((o) => o.switched).map((o) => o.group)),
];
