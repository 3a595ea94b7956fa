/**
 * Variables that a camera may set for its detection process: settings of detectors and of what they compute with. All
 * others are refused, because some run code in, or redirect, whatever process is given them, and nobody knows them all.
 */
const ALLOWED = [
  // One letter, perhaps with a number, as in examples.
  /^[A-Z](_?\d{1,3})?$/,
  /^(TZ|LANG|LC_(ALL|CTYPE|NUMERIC|TIME)|MODE|TOKEN|PORT|URL|API_KEY|LOG_LEVEL|DEBUG|CONFIDENCE|THRESHOLD|INTERVAL|BEHAVIOUR)$/,
  /^(CAMERA|DETECT|DETECTOR|DETECTION|MODEL|VIDEO|STREAM|FRAME|RTSP|REDIS|MQTT|EVENT|ALERT|ROI|REGION|HAIRNET|HANDWASH|POSE|TRACK|TRACKER|YOLO|SITE|APP)_[A-Z0-9_]{1,90}$/,
  /^(CUDA_VISIBLE_DEVICES|CUDA_DEVICE_ORDER|OMP_NUM_THREADS|MKL_NUM_THREADS|OPENBLAS_NUM_THREADS)$/,
];

/** What a person is told whose variable is refused. */
export const ALLOWED_ENV_SAYS =
  'may not be set for a camera: see docs/worker.md for the names that may, such as DETECTOR_… or MODEL_…';

export const mayBeSet = (name: string): boolean => ALLOWED.some((pattern) => pattern.test(name));
