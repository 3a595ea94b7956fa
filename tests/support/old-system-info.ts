/** What the old backend says of its machine, without its measuring library: zeros and notes. */
export const OLD_SYSTEM_INFO = {
  timestamp: '2025-10-31T09:28:17.533764',
  system: {
    platform: 'Linux-6.1-x86_64',
    system: 'Linux',
    version: '#1 SMP',
    architecture: ['64bit', 'ELF'],
    processor: 'x86_64',
    hostname: 'old-host',
    python_version: '3.11.4',
  },
  memory: { total: 0, available: 0, used: 0, percentage: 0, note: 'psutil is missing' },
  cpu: { count: 4, physical_count: null, current_frequency: null, usage_percent: 0, note: 'psutil is missing' },
  disk: { total: 0, used: 0, free: 0, percentage: 0, note: 'psutil is missing' },
  psutil_available: false,
};
