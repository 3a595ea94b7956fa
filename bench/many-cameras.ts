const PROFILES = ['accurate', 'balanced', 'fast'];

/** Cameras as a person would keep them in a file: comments, gaps, quotes of every kind. */
export function manyCameras(count: number): string {
  const entries = Array.from({ length: count }, (_, i) => entry(i + 1));
  return `# All cameras of the site, hall by hall.\ncameras:\n${entries.join('')}`;
}

export const cameraId = (number: number): string => `cam-${String(number).padStart(4, '0')}`;

function entry(number: number): string {
  const hall = Math.ceil(number / 50);
  return [
    ...(number % 50 === 1 ? ['', `  # ---- Hall ${hall} ----`] : []),
    `  - id: ${cameraId(number)}`,
    `    name: "Hall ${hall}, camera ${number}"   # as on the sticker`,
    `    source: rtsp://viewer:secret@192.0.2.${number % 250}:554/stream${number}`,
    `    location: 'Hall ${hall}'`,
    `    resolution: 1280x720`,
    `    fps: ${1 + (number % 30)}`,
    ...(number % 3 === 0 ? [`    profile: ${PROFILES[number % PROFILES.length]}`] : []),
    ...(number % 5 === 0 ? ['    active: false   # waiting for cabling'] : []),
    '',
  ].join('\n');
}
