import type { CamerasPort } from '../../application/cameras/cameras-port';
import { operations } from '../http/operation';
import {
  CameraChangedDto,
  CameraCreatedDto,
  CameraDto,
  CameraFilterDto,
  CameraKeyDto,
  CameraListDto,
  CameraPatchDto,
  DoneDto,
  NewCameraDto,
} from './camera-dto';
import { cameraExamples as examples } from './camera-examples';

const group = 'camera-config';

export const cameraOperations = operations<CamerasPort>('cameras', {
  list: {
    http: 'GET /cameras',
    summary: 'List cameras in the order of the file',
    input: CameraFilterDto,
    output: CameraListDto,
    example: examples.list,
    group,
    stickyBy: 'caller',
  },
  get: {
    http: 'GET /cameras/{camera_id}',
    summary: 'One camera',
    input: CameraKeyDto,
    output: CameraDto,
    example: examples.get,
    group,
    stickyBy: 'camera_id',
  },
  create: {
    http: 'POST /cameras',
    summary: 'Add a camera',
    input: NewCameraDto,
    output: CameraCreatedDto,
    example: examples.create,
    group,
    stickyBy: 'id',
    fallback: 'ifRolledBack',
  },
  update: {
    http: 'PUT /cameras/{camera_id}',
    summary: 'Change some settings of a camera',
    input: CameraPatchDto,
    output: CameraChangedDto,
    example: examples.update,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
  },
  remove: {
    http: 'DELETE /cameras/{camera_id}',
    summary: 'Remove a camera',
    input: CameraKeyDto,
    output: DoneDto,
    example: examples.remove,
    group,
    stickyBy: 'camera_id',
    fallback: 'ifRolledBack',
  },
});
