import type { CameraConfigPort } from '../../application/cameras/camera-config-port';
import { NoInputDto } from '../http/fields';
import { operations } from '../http/operation';
import {
  ConfigStatusDto,
  RestoredDto,
  RevisionDetailDto,
  RevisionKeyDto,
  RevisionListDto,
  RevisionPageDto,
} from './camera-config-dto';
import { cameraConfigExamples as examples } from './camera-config-examples';

/** Operations the old backend does not have: they have one implementation and are not switched. */
export const cameraConfigOperations = operations<CameraConfigPort>('camera-config', {
  status: {
    http: 'GET /cameras/config',
    summary: 'Whether table and file agree, and every fault of the file',
    input: NoInputDto,
    output: ConfigStatusDto,
    example: examples.status,
  },
  revisions: {
    http: 'GET /cameras/config/revisions',
    summary: 'The history of the camera configuration, newest first',
    input: RevisionPageDto,
    output: RevisionListDto,
    example: examples.revisions,
  },
  revision: {
    http: 'GET /cameras/config/revisions/{number}',
    summary: 'One revision: its text, and what it changed',
    input: RevisionKeyDto,
    output: RevisionDetailDto,
    example: examples.revision,
  },
  restore: {
    http: 'POST /cameras/config/revisions/{number}/restore',
    summary: 'Make the text of an earlier revision the newest one',
    input: RevisionKeyDto,
    output: RestoredDto,
    example: examples.restore,
  },
});
